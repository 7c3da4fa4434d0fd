"""Encoders: one lineage per file, named after it."""
