"""The page on which a head runs on the paper's own machine."""
