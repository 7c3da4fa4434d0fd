"""Families: from hyperparameters to a model. All defaults, ratios and divisibility are settled here."""

from paramcount.families.attention_only import ATTENTION_ONLY
from paramcount.families.bert import BERT, ROBERTA
from paramcount.families.bloom import BLOOM
from paramcount.families.family import Family, SizeError
from paramcount.families.gpt import GPT, GPT1
from paramcount.families.llama import LLAMA, MIXTRAL
from paramcount.families.opt import OPT, OPT_PROJECTED
from paramcount.families.parallel import GPT_NEOX, PALM
from paramcount.families.relative import GOPHER

DECODERS = (GPT, GPT1, OPT, OPT_PROJECTED, ATTENTION_ONLY, GPT_NEOX, BLOOM, PALM, LLAMA, MIXTRAL, GOPHER)
ENCODERS = (BERT, ROBERTA)
FAMILIES = {family.name: family for family in (*DECODERS, *ENCODERS)}

__all__ = ["FAMILIES", "Family", "SizeError"]
