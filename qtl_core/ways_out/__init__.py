"""The ways out of a run, one list: the command line's options and the buttons of the Runs page follow from it."""
