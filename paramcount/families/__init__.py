"""Families: from hyperparameters to a model. All defaults, ratios and divisibility are settled here."""

from paramcount.families.attention_only import ATTENTION_ONLY
from paramcount.families.family import Family, SizeError
from paramcount.families.gpt import GPT, GPT1
from paramcount.families.opt import OPT

FAMILIES = {family.name: family for family in (GPT, GPT1, OPT, ATTENTION_ONLY)}

__all__ = ["FAMILIES", "Family", "SizeError"]
