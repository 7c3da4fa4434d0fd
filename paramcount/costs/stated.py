"""For which models what they multiply and keep is stated exactly; the others are refused by name."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.config import Config
from paramcount.costs.costed import COSTED
from paramcount.costs.run import Run
from paramcount.costs.work import Work, kept_numbers, work
from paramcount.errors import InputError
from paramcount.models.design import Counted
from paramcount.models.index import PLACES

ENCODERS = ("bert", "roberta")  # families of papers whose tokens see both ways
WINDOWS = ("sliding_window", "attention_chunk_size", "local_attention", "window_size", "attention_window_size")
VALID = f"valid: one of {len(COSTED)} types (docs/costs.md)"
TASKS = ("causal", "masked")  # classes that give logits for every token


class Costed(NamedTuple):
    """What a model multiplies, the numbers that it keeps of a token (None where it keeps none), and its mask."""

    work: list[Work]
    kept: int | None
    causal: bool

    def flops(self, run: Run) -> int:
        """Of all that *run* multiplies, forward."""
        return sum(line.flops(run, self.causal) for line in self.work)


def costed(spec: Spec, run: Run) -> Costed:
    """What *spec* multiplies and keeps in *run*; raises InputError where that is not stated exactly."""
    if isinstance(spec.family, Counted):
        raise InputError(f"{spec.name}: what a model that transformers counted multiplies is not stated; {VALID}")
    design = spec.family.configured(spec.sizes)
    if design is None:
        causal = spec.family.name not in ENCODERS
    else:
        causal = _causal(spec.name, design.config)
        _refuse_windows(spec.name, design.config, run, causal)
    model = spec.family.sized(spec.sizes)
    return Costed(work(model), int(kept_numbers(model)) if causal else None, causal)


def context(spec: Spec) -> int | None:
    """The context that *spec* is made for, by its positions or its config; None where neither states one."""
    design = spec.family.configured(spec.sizes)
    found = spec.sizes.get("n_ctx") or (design and design.config.get("max_position_embeddings"))
    return int(found) if isinstance(found, int) else None


def context_is_given(spec: Spec) -> bool:
    """Whether that context is *spec*'s own, and not the default of its config's type."""
    design = spec.family.configured(spec.sizes)
    return design is None or "max_position_embeddings" in design.config.given or "n_ctx" in spec.sizes


def _causal(name: str, config: Config) -> bool:
    """Whether tokens see those before them alone; raises InputError on a config whose operations are not stated."""
    model_type = config.model_type
    if model_type not in COSTED:
        raise InputError(f"{name}: what {model_type} multiplies is not stated; {VALID}")
    if config.task not in TASKS:
        raise InputError(f"{name}: what a class for {config.task} multiplies is not stated; valid: a language model's")
    if config.get("add_cross_attention"):
        raise InputError(f"{name}: add_cross_attention = true: attention to an encoder is not stated; valid: false")
    if config.get("use_bidirectional_attention") or config.get("is_causal") is False:
        raise InputError(f"{name}: a decoder that sees both ways is not stated; valid: one that is causal")
    return PLACES[model_type][0].startswith("decoders") or bool(config.get("is_decoder"))


def _refuse_windows(name: str, config: Config, run: Run, causal: bool) -> None:
    """Raise InputError where a window leaves out pairs that *run* would count.

    An encoder's window lies half before a token and half behind it, as does ModernBERT's wherever it is stated.
    """
    if config.get("use_sliding_window") is False or run.attention == "computed":
        return
    for key in WINDOWS:
        window = config.get(key)
        if type(window) is not int:
            continue
        reach = window if causal and key != "local_attention" else window // 2
        if reach < run.seq:
            raise InputError(f"{name}: {key} = {window}: windows are not stated; valid: --seq up to {reach}")
