"""Models: one description of each, from its config to its ledger."""
