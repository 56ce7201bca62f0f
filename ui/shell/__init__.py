"""The frame around every page: set-up and navigation, the Share button, housekeeping of the server."""
