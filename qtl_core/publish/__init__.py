"""A trained run as a page that answers in its visitor's browser: one folder, no server, no network.

`folder` says which files there are; `assets` holds what the browser reads, a concept a file; `onnxruntime_web` what
runs the network there.
"""
