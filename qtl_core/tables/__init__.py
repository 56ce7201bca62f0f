"""Numbers in place of pictures: points of a plane and people's tables, learnt without an image network."""
