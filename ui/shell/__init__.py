"""The frame around every page: the server (`qtl app`), set-up and navigation, the Share button, housekeeping."""
