"""Towers that read sound, one lineage a file: what a whole model lets its text model hear."""
