"""For which models what they multiply and keep is stated exactly; the others are refused by name."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.config import Config
from paramcount.costs.run import Run
from paramcount.costs.work import Keep, Windows, Work, keeps, work
from paramcount.errors import InputError
from paramcount.ledger.model import Model
from paramcount.ledger.operation import CROSS_PAIR, PADDED, SOURCE
from paramcount.models.ahead import ASKED
from paramcount.models.architecture import Architecture
from paramcount.models.design import Counted
from paramcount.models.index import PLACES
from paramcount.models.otherwise import refuse_other_models
from paramcount.models.reach import NARROWEST, REACH
from paramcount.models.registry import accepted, architecture_of

ENCODERS = ("bert", "roberta")  # families of papers whose tokens see both ways
VALID = "valid: a type whose FLOPs docs/coverage.md calls exact"
TASKS = ("causal", "masked", "seq2seq", "speech", "encoder", "base")  # classes without an answer for a sequence


class Costed(NamedTuple):
    """What a model multiplies, what it keeps in a cache, and whether its tokens see those before them alone.

    *windows* are how far its layers see, by their numbers.
    """

    work: list[Work]
    keeps: list[Keep]
    causal: bool
    model: Model
    windows: Windows = ()

    def flops(self, run: Run) -> int:
        """Of all that *run* multiplies, forward."""
        return sum(line.flops(run, self.causal) for line in self.work)


def types_stated() -> list[str]:
    """The model types whose operations are stated."""
    found = ((model_type, architecture_of(model_type)) for model_type in accepted())
    return [model_type for model_type, one in found if isinstance(one, Architecture) and not one.uncosted]


def costed(spec: Spec, run: Run, kept_alone: bool = False) -> Costed:
    """What *spec* multiplies and keeps in *run*; raises InputError where that is not stated exactly.

    Where what is *kept_alone* is asked for, what is multiplied need not be stated.
    """
    if isinstance(spec.family, Counted):
        raise InputError(f"{spec.name}: what a model that transformers counted multiplies is not stated; {VALID}")
    design = spec.family.configured(spec.sizes)
    windows: Windows = ()
    if design is None:
        _refuse_uncosted(spec)
        causal = spec.family.name not in ENCODERS
    else:
        causal, windows = _stated(spec.name, design.config, kept_alone)
    model = spec.family.sized(spec.sizes)
    cost = Costed(work(model, windows, run.cached), keeps(model, windows) if causal else [], causal, model, windows)
    across = any(line.per == CROSS_PAIR for line in cost.work)
    if design is not None and design.config.get("add_cross_attention") and not across:
        raise InputError(f"{spec.name}: add_cross_attention = true: is not stated for this type; valid: false")
    _refuse_a_source(spec.name, cost, run)
    if design is not None:
        _refuse_windows(spec.name, design.config, run)
    if run.cached and run.attention == "computed" and any(line.per == PADDED for line in cost.work):
        raise InputError(
            f"{spec.name}: cached = {run.cached}: what plain code pads behind a cache is not stated; "
            "valid: 0, or attention = needed"
        )
    if run.cached and not causal:
        raise InputError(f"{spec.name}: cached = {run.cached}: an encoder keeps nothing of a token; valid: 0")
    return cost


def _refuse_uncosted(spec: Spec) -> None:
    """Raise InputError where what a paper's family multiplies is not stated."""
    architecture = architecture_of(getattr(spec.family, "model_type", spec.family.name))
    if isinstance(architecture, Architecture) and architecture.uncosted:
        raise InputError(f"{spec.name}: what it multiplies is not stated: it {architecture.uncosted}; {VALID}")


def refuse_training(spec: Spec) -> None:
    """Raise InputError where training is not three times the forward pass, for some of it has no gradient."""
    design = spec.family.configured(spec.sizes)
    architecture = architecture_of(design.config.model_type) if design else None
    if isinstance(architecture, Architecture) and architecture.untrained:
        raise InputError(f"{spec.name}: its training is not stated: it {architecture.untrained}; valid: a forward pass")


def context(spec: Spec) -> int | None:
    """The context that *spec* is made for, by its positions or its config; None where neither states one."""
    design = spec.family.configured(spec.sizes)
    found = spec.sizes.get("n_ctx") or (design and design.config.get("max_position_embeddings"))
    return int(found) if isinstance(found, int) else None


def context_is_given(spec: Spec) -> bool:
    """Whether that context is *spec*'s own, and not the default of its config's type."""
    design = spec.family.configured(spec.sizes)
    return design is None or "max_position_embeddings" in design.config.given or "n_ctx" in spec.sizes


def _stated(name: str, config: Config, kept_alone: bool = False) -> tuple[bool, Windows]:
    """Whether tokens see those before them alone, and how far; raises InputError where operations are not stated."""
    model_type = config.model_type
    architecture = architecture_of(model_type)
    if not isinstance(architecture, Architecture):
        raise InputError(f"{name}: what {model_type} multiplies is not stated; {VALID}")
    if architecture.uncosted and not (kept_alone and architecture.caches):
        raise InputError(f"{name}: what {model_type} multiplies is not stated: it {architecture.uncosted}; {VALID}")
    if config.get(ASKED):
        raise InputError(
            f"{name}: {ASKED} = true: what modules that predict ahead multiply is not stated; valid: false"
        )
    if config.task not in TASKS:
        raise InputError(f"{name}: what a class for {config.task} multiplies is not stated; valid: a language model's")
    if config.get("use_bidirectional_attention") in (True, "all") or config.get("is_causal") is False:
        raise InputError(f"{name}: a decoder that sees both ways is not stated; valid: one that is causal")
    in_encoders = PLACES.get(model_type, ("decoders",))[0].startswith("encoders.") and not architecture.decodes
    if config.get("is_decoder") and in_encoders and "causal" not in architecture.heads:
        raise InputError(f"{name}: is_decoder = true: is not stated for this type; valid: false")
    refuse_other_models(config)
    causal = not (in_encoders or config.task == "encoder") or bool(config.get("is_decoder"))
    reach = REACH.get(model_type)
    return causal, reach(config) if reach else ()


def _refuse_windows(name: str, config: Config, run: Run) -> None:
    """Raise InputError where tokens lie beyond a window and how many see them is not stated."""
    narrowest = NARROWEST[config.model_type](config) if config.model_type in NARROWEST else None
    longest = max(run.seq, run.source)
    if narrowest is not None and run.attention == "needed" and longest >= narrowest:
        raise InputError(
            f"{name}: {longest} tokens: with a window of {narrowest} what more than it holds is not stated; "
            f"valid: up to {narrowest - 1}, or attention = computed"
        )


def _refuse_a_source(name: str, cost: Costed, run: Run) -> None:
    """Raise InputError where a source is read and none is stated, or none is read and one is stated."""
    reads = any(line.per == SOURCE for line in cost.work)
    if reads and not run.source:
        raise InputError(f"{name}: attends to a source; add --source, e.g. --source 512")
    if run.source and not reads:
        raise InputError(f"{name}: source = {run.source}: attends to no source; valid: an encoder-decoder, or 0")


def stated_context(spec: Spec) -> int:
    """The context that *spec* is made for; raises InputError where it states none."""
    found = context(spec)
    if found is None:
        raise InputError(f"{spec.name}: states no context; add --seq, e.g. --seq 2048")
    return found
