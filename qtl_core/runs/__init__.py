"""A run: the events it is made of, the view they fold into, what it was made with, and the store that keeps it."""
