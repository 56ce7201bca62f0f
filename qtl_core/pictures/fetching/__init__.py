"""Files from the network and out of archives: whole or not at all, checked, and never outside their folder."""
