"""How much of a stranger's file is read, with reasons."""

from __future__ import annotations

LARGEST_FILE = 512 << 20  # bytes; the largest backbone here takes 110 MB, with Adam's memory beside it 330 MB
MOST_TENSORS = 5_000  # a ResNet-50 has 320, and with Adam's memory and a moving average some 1,500
MOST_NUMBERS = 64 << 20  # in all that is used; the largest backbone here has 28 million
LARGEST_HEADER = 4 << 20  # bytes of a safetensors file's list: 100 bytes a tensor are usual
MOST_STEPS = 2_000_000  # of a pickle's program: a tensor takes 40
LONGEST_NAME = 20_000  # characters; the longest here has 60, and each wrapper adds a few
MOST_LEVELS = 32  # of dicts and lists in each other
