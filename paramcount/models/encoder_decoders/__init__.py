"""Encoders with decoders: one lineage a file, named after it."""
