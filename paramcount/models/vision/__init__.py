"""Image models: towers, and models assembled from these and a text model, one lineage per file."""
