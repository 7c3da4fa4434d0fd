"""What a model costs: readings of what its blocks multiply and keep, under conventions with names."""
