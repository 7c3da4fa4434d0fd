"""Encoders of images, one lineage a file."""
