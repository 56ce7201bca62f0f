"""Runs and studies put where people log: TensorBoard's files and MLflow's runs, by readers of a run's events."""
