"""The memory that a model takes: weights, gradients, optimizer states, activations and cache, exact to the byte."""
