"""Models: each described once, from its config to its ledger."""
