"""The catalog: named models from published tables, families and released configs."""
