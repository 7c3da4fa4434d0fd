"""Named models: rows of published tables, families, released configs."""
