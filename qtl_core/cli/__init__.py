"""The command line: the same abilities as the pages, from a shell."""
