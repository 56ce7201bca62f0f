"""The Train page: choose, start, watch the network learn, look at what it got wrong."""
