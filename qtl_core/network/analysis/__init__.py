"""An ansatz at a glance: what it is made of, what its states are like, and how its gradients fade; numpy alone."""
