"""Blocks that models are composed of, each listing its tensors with plain + and * on its sizes."""
