"""Models of images: towers, and the models that are assembled of these and a text model, one lineage a file."""
