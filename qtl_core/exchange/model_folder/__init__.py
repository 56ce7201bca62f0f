"""A run as a folder for the Hugging Face Hub: weights, configuration, a card, and a script that answers."""
