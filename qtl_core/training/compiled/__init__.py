"""The compiled engine: the whole training of the head from kept features, as machine code made by numba.

- `program`: a circuit's gate list as arrays, the form in which the kernels read it.
- `lanes`: a register of several pictures as one number; every kernel works on that many pictures at once, those of one
  run or of several side by side. `lane_functions`: tanh and the like of all lanes. `grouping`: who trains with whom.
- `states`: state vectors under one column of gates. `circuit_kernels`: a whole program, forwards and backwards.
- `head_kernels`: the linear and hidden layers and the softmax. `optimiser_kernels`: Adam, AdamW and SGD.
- `training_loop`: the steps of runs side by side.
- `workspace`: the arrays of a run. `setup`: from a task to those arrays, and back to a checkpoint. Its `advance` is the
  one way from Python into the kernels, where every index they will follow is checked.
- `engine`: one run as a stream of records. `many_runs`: many runs at once; the same code, with more than one in it.
- `code_cache`: how all is compiled. `code_folder`: where that is kept. `warm_up`: compiling before it is needed.

Only `warm_up` and `code_folder` may be imported where a quick start matters: nearly all others import numba.
"""
