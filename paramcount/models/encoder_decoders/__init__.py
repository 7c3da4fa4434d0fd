"""Encoder-decoders: one lineage per file, named after it."""
