"""The map: every picture as a point in the space in which its head decides, epoch by epoch, with the decision there.

A circuit knows a picture by one angle a qubit. The map shows two of them; the other qubits' angles are held at their
mean over the pictures, and on this plane the class probabilities are a surface. A picture's own prediction uses all its
angles, so it may differ from the surface under it. Of a head with hidden units in place of a circuit the axes are two
units' values. A linear head has neither: its map is the plane of the direction that decides and of the one in which the
pictures spread the most beside it (`planes`).

Nothing here imports torch at its top: pages ask for maps, a worker makes them.
"""
