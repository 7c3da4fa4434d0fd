"""Scaling laws: the loss of a run, and the optimal size and tokens for an amount of compute."""
