"""The parts of the Runs page: the table and its filters, one run, several side by side, deleting, files."""
