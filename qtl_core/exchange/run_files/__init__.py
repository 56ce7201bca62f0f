"""A run in one file, `name.qtl.zip`: taken along, looked through as a stranger's, and reopened as the same run.

    manifest.json          what this is, and the SHA-256 of every other entry
    run.json               settings, what was trained on, every epoch's figures, versions, names of the pictures
    weights.safetensors    best and last weights, the optimiser's memory
    predictions.safetensors   class probabilities of every validation picture after every epoch
    circuit.qasm           the trained circuit as OpenQASM 3; left out of a head without one
    pictures.qtl-data.zip  the pictures it was trained on, as a data set's own file; only where that was asked for
    predict.py             the run as one script; left out where it would be too large
    history.csv, predictions.csv, README.txt   the same for people

What is read are the first four and the pictures; the others are written again when the run is taken along once more.
"""
