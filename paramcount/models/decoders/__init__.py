"""Decoders: one lineage a file, named after it."""
