"""The operations and caches of models, where they are known exactly; other models are refused by name."""

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

ENCODERS = ("bert", "roberta")  # papers' families with bidirectional attention
VALID = "valid: a type whose FLOPs are exact in docs/coverage.md"
TASKS = ("causal", "masked", "seq2seq", "speech", "encoder", "base")  # classes without a head for whole sequences


class Costed(NamedTuple):
    """A model's operations and caches, and whether its attention is causal.

    *windows* are those of its layers, by number.
    """

    work: list[Work]
    keeps: list[Keep]
    causal: bool
    model: Model
    windows: Windows = ()

    def flops(self, run: Run) -> int:
        """The forward FLOPs of *run*."""
        return sum(line.flops(run, self.causal) for line in self.work)


def types_stated() -> list[str]:
    """The model types whose operations are known exactly."""
    found = ((model_type, architecture_of(model_type)) for model_type in accepted())
    return [model_type for model_type, one in found if isinstance(one, Architecture) and not one.uncosted]


def costed(spec: Spec, run: Run, kept_alone: bool = False) -> Costed:
    """The operations and caches of *spec* in *run*; raises InputError if they are not known exactly.

    With *kept_alone*, only the caches need be known.
    """
    if isinstance(spec.family, Counted):
        raise InputError(f"{spec.name}: it was counted by transformers, so its operations are not known; {VALID}")
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
        raise InputError(f"{spec.name}: add_cross_attention = true: not supported for this type's costs; valid: false")
    _refuse_a_source(spec.name, cost, run)
    if design is not None:
        _refuse_windows(spec.name, design.config, run)
    if run.cached and run.attention == "computed" and any(line.per == PADDED for line in cost.work):
        raise InputError(
            f"{spec.name}: cached = {run.cached}: the padding that plain code adds to a cache is not known; "
            "valid: 0, or attention = needed"
        )
    if run.cached and not causal:
        raise InputError(f"{spec.name}: cached = {run.cached}: an encoder has no cache; valid: 0")
    return cost


def _refuse_uncosted(spec: Spec) -> None:
    """Raise InputError if the operations of a paper's family are not known exactly."""
    architecture = architecture_of(getattr(spec.family, "model_type", spec.family.name))
    if isinstance(architecture, Architecture) and architecture.uncosted:
        raise InputError(f"{spec.name}: its operations can't be counted exactly: it {architecture.uncosted}; {VALID}")


def refuse_training(spec: Spec) -> None:
    """Raise InputError if training is not three times the forward pass, because parts of it have no gradient."""
    design = spec.family.configured(spec.sizes)
    architecture = architecture_of(design.config.model_type) if design else None
    if isinstance(architecture, Architecture) and architecture.untrained:
        raise InputError(
            f"{spec.name}: its training can't be counted exactly: it {architecture.untrained}; valid: a forward pass"
        )


def context(spec: Spec) -> int | None:
    """The context length of *spec*, from its positions or its config; None if neither has one."""
    design = spec.family.configured(spec.sizes)
    found = spec.sizes.get("n_ctx") or (design and design.config.get("max_position_embeddings"))
    return int(found) if isinstance(found, int) else None


def context_is_given(spec: Spec) -> bool:
    """Whether the context is *spec*'s own rather than the default of its config's type."""
    design = spec.family.configured(spec.sizes)
    return design is None or "max_position_embeddings" in design.config.given or "n_ctx" in spec.sizes


def _stated(name: str, config: Config, kept_alone: bool = False) -> tuple[bool, Windows]:
    """Whether attention is causal, and the layers' windows; raises InputError if operations are not known exactly."""
    model_type = config.model_type
    architecture = architecture_of(model_type)
    if not isinstance(architecture, Architecture):
        raise InputError(f"{name}: the operations of {model_type} are not known; {VALID}")
    if architecture.uncosted and not (kept_alone and architecture.caches):
        raise InputError(
            f"{name}: the operations of {model_type} can't be counted exactly: it {architecture.uncosted}; {VALID}"
        )
    if config.get(ASKED):
        raise InputError(
            f"{name}: {ASKED} = true: the operations of modules that predict ahead are not known; valid: false"
        )
    if config.task not in TASKS:
        raise InputError(
            f"{name}: the operations of a class for {config.task} are not known; valid: a language model's class"
        )
    if config.get("use_bidirectional_attention") in (True, "all") or config.get("is_causal") is False:
        raise InputError(f"{name}: a decoder with bidirectional attention is not supported; valid: a causal one")
    in_encoders = PLACES.get(model_type, ("decoders",))[0].startswith("encoders.") and not architecture.decodes
    if config.get("is_decoder") and in_encoders and "causal" not in architecture.heads:
        raise InputError(f"{name}: is_decoder = true: not supported for this type's costs; valid: false")
    refuse_other_models(config)
    causal = not (in_encoders or config.task == "encoder") or bool(config.get("is_decoder"))
    reach = REACH.get(model_type)
    return causal, reach(config) if reach else ()


def _refuse_windows(name: str, config: Config, run: Run) -> None:
    """Raise InputError if tokens lie beyond a window and the number of their pairs is not known."""
    narrowest = NARROWEST[config.model_type](config) if config.model_type in NARROWEST else None
    longest = max(run.seq, run.source)
    if narrowest is not None and run.attention == "needed" and longest >= narrowest:
        raise InputError(
            f"{name}: {longest} tokens: its pairs beyond a window of {narrowest} are not known; "
            f"valid: up to {narrowest - 1}, or attention = computed"
        )


def _refuse_a_source(name: str, cost: Costed, run: Run) -> None:
    """Raise InputError if the model reads a source and none is given, or the other way round."""
    reads = any(line.per == SOURCE for line in cost.work)
    if reads and not run.source:
        raise InputError(f"{name}: an encoder-decoder, which needs a source; add --source, e.g. --source 512")
    if run.source and not reads:
        raise InputError(f"{name}: source = {run.source}: it reads no source; valid: an encoder-decoder, or 0")


def stated_context(spec: Spec) -> int:
    """The context length of *spec*; raises InputError if it has none."""
    found = context(spec)
    if found is None:
        raise InputError(f"{spec.name}: its context length is not known; add --seq, e.g. --seq 2048")
    return found
