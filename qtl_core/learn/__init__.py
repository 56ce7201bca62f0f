"""What the Learn page tells and lets people play with: texts as data, and small computations in numpy alone."""
