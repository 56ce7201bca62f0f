"""Devices of PennyLane by name: a trained head's circuits measured on any simulator or machine that a plugin reaches.

A `DeviceChoice` names the device, its options, shots and seed; `catalogue` knows which are installed and what a missing
one needs. A `DeviceRequest` is the circuits of many pictures; `measuring` has them run in batches in a worker process,
which can be ended whatever the device does, and keeps each result as it comes (`kept`), so that a cut loses a batch at
the most and a second look runs nothing. Keys are the provider's own affair: options that look like one are refused
(`options`), and what a provider says in an error is never passed on.

To let a device be reached whose constructor wants an object, or another name for its seed: see `opening`.
"""
