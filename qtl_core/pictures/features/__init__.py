"""Features of pictures: computed once per picture, network and view, and kept on disk; reading them needs no torch."""
