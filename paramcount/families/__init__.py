"""Families: from hyperparameters to a model. All defaults, ratios and divisibility are settled here."""

from collections.abc import Iterator, Mapping
from importlib import import_module

from paramcount.families.family import Family, SizeError

# Each family by its name: the module that holds it, and what it is called there.
_PLACES = {
    "gpt": ("gpt", "GPT"),
    "gpt-post-norm": ("gpt", "GPT1"),
    "opt": ("opt", "OPT"),
    "opt-projected": ("opt", "OPT_PROJECTED"),
    "attention-only": ("attention_only", "ATTENTION_ONLY"),
    "gpt-neox": ("parallel", "GPT_NEOX"),
    "bloom": ("bloom", "BLOOM"),
    "palm": ("parallel", "PALM"),
    "llama": ("llama", "LLAMA"),
    "mixtral": ("llama", "MIXTRAL"),
    "gopher": ("relative", "GOPHER"),
    "bert": ("bert", "BERT"),
    "roberta": ("bert", "ROBERTA"),
}


class _Families(Mapping[str, Family]):
    """The families by name; a family is imported when it is asked for."""

    def __getitem__(self, name: str) -> Family:
        module, called = _PLACES[name]
        family: Family = getattr(import_module(f"paramcount.families.{module}"), called)
        return family

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)

    def __contains__(self, name: object) -> bool:
        return name in _PLACES


FAMILIES: Mapping[str, Family] = _Families()

__all__ = ["FAMILIES", "Family", "SizeError"]
