"""The map: every picture as a point in the space that the circuit sees, epoch by epoch, with what it decides there.

The circuit knows a picture by one angle a qubit. The map shows two of them; the other qubits' angles are held at
their mean over the pictures, and on this plane the class probabilities are a surface. A picture's own prediction uses
all its angles, so it may differ from the surface under it.

Nothing here imports torch at its top: pages ask for maps, a worker makes them.
"""
