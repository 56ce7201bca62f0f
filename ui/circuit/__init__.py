"""The Circuit page: the very circuit that is being trained or was trained, gate by gate."""
