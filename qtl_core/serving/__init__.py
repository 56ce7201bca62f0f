"""A trained run behind HTTP: pictures or numbers in, the answers of `predict --json` out."""
