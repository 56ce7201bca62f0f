"""Reads state dicts from files whose author is not known: the one way in for a network's weights and for heads.

    bytes → `signatures`: what the file is, whatever it is called
          → `torch_files` or `safetensors_files`: what it holds
          → `reading`: every tensor by its whole dotted name, whatever it is wrapped in
          → `matching`: those that a network has names for
          → `tensors`: finite, in single precision

Nothing of a file is ever run: `pickles` interprets a pickle itself and can build only dicts, lists, numbers, text and
descriptions of tensors. Tensors are described first and made only once they are wanted and known to be small enough.
"""
