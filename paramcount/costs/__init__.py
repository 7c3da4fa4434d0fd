"""A model's costs: the FLOPs, caches and memory of its blocks, under named conventions."""
