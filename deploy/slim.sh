#!/bin/sh
# Removes from an environment ($1) what nobody imports: the packages' own tests, and what C++ programs need of torch.
set -eu
find "$1" -type d \( -name test -o -name tests \) -prune -exec rm -rf {} +
rm -rf "$1"/lib/python3*/site-packages/torch/include
find "$1"/lib/python3*/site-packages/torch/bin -type f ! -name torch_shm_manager -delete
