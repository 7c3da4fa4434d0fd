"""The ledger: tensors, sizes with their formulas, and the sums over them."""
