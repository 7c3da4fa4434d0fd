"""Claims of what training costs, held against their own arithmetic."""
