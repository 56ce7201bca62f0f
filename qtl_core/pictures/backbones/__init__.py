"""Frozen image networks: where their weights come from, and how they are loaded; `settings.backbones` lists them."""
