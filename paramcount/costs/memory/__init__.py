"""The memory that a model takes: weights, gradients, optimizer states and cache, exact to the byte."""
