"""From a photo to features: sources, fetching, decoding, frozen backbones, and features computed once."""
