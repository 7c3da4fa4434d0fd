"""Blocks: what models are composed of, each stating its tensors in plain + and * on its sizes."""
