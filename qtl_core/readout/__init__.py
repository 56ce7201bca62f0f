"""Reading a trained head out: exactly, from shots, under noise, on a machine or another device; and what that does."""
