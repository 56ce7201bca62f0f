"""The Data page: look at the pictures that the network learns from."""
