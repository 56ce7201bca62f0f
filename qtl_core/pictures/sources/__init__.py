"""Sources of pictures: the real photos, the drawn set, or a folder of a person's own."""
