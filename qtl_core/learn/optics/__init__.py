"""One or two modes of light as lists of amplitudes, and the two networks of the paper that tell their states apart."""
