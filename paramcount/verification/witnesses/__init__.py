"""Torch modules written by hand from the papers; they never read the ledger."""
