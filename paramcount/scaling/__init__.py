"""Scaling laws: fits of the loss, and of the size and tokens that are best for an amount of compute."""
