"""Runs and heads that come from elsewhere or go there: each file is a stranger's until it agrees with itself."""
