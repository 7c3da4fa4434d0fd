"""Decoders: one lineage per file, named after it."""
