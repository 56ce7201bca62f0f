"""The browser app: what pages share, and every page's body."""
