"""Tests of the ways out of a run."""
