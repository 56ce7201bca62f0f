"""Content of the Learn page: texts as data, and small computations in numpy alone."""
