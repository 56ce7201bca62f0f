"""The Home page and show mode: a trained network that answers by itself."""
