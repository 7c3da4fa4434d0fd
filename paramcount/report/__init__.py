"""Results as rows, and their renderers."""
