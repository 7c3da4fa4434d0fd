"""The audit of published training costs: each row's figures checked against each other."""
