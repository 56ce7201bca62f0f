"""The result of a run as panels: curves, figures, the confusion matrix, the map, advice."""
