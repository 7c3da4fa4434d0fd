"""The costs of training: FLOPs, time, energy, CO2 and money, as exact fractions until they are shown."""

from paramcount.costs.training.question import train

__all__ = ["train"]
