"""What every room may use: errors for people, checks of arguments, progress and stop, paths, moments."""
