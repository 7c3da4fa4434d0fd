"""What training takes: FLOPs, time, energy, CO2 and money, as fractions until they are shown."""

from paramcount.costs.training.question import train

__all__ = ["train"]
