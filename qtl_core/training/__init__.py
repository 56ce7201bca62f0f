"""A run is a stream of records (`runs.events`) made in one place (`run`), by an engine, for many readers."""
