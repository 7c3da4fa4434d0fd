"""torch classes, built for their shapes alone."""
