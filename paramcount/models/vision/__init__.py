"""Towers that read images and video, one lineage a file: what a whole model shows its text model of them."""
