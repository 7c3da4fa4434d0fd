"""Assembles a multimodal model from towers by their own configs and a text model with its head."""

from __future__ import annotations

from paramcount.blocks.parts import dense
from paramcount.blocks.task_heads import AddHead
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import refuse_what_is_not_counted, within
from paramcount.models.registry import NotCountedError, architecture_of
from paramcount.models.text_models import TEXT, inside

VISION, AUDIO, PROJECTOR, SPEECH = "vision", "audio", "projector", "speech"
OF_TEXT = "has costs that are known for its text model only"


def config_of(c: Config, part: str, key: str = "") -> Config:
    """The config of a *part* of the whole *c*, under *key* or part_config; its symbols end in the part's name."""
    key = key or f"{part}_config"
    found = c.inner.get(key) or c.nested(key, part)
    found.task = found.task or "base"
    return found


def tower(c: Config, part: str, name: str, key: str = "") -> Parts:
    """The model described under *key*, as a *part* with tensors named *name*.…

    Raises NotCountedError if its type has no architecture here.
    """
    inner = config_of(c, part, key)
    architecture = architecture_of(inner.model_type)
    if architecture is None or "base" not in architecture.heads:
        said = f"{key or part + '_config'} of model_type {inner.model_type} is not counted here"
        raise NotCountedError(c, said)
    return in_part(part, name, architecture.build(inner).parts)


def in_part(part: str, name: str, parts: Parts) -> Parts:
    """*parts* named *name*.…, with components prefixed by their *part*: vision attention."""
    prefix = f"{name}." if name else ""
    return tuple(_called(part, within(prefix, one)) for one in parts)


def _called(part: str, one: Part | Stack) -> Part | Stack:
    if isinstance(one, Stack):
        return one._replace(layer=tuple(_called(part, inner) for inner in one.layer))
    return one._replace(component=part if one.component == part else f"{part} {one.component}")


def two_maps(name: str, d_in: Size, d_out: Size, between: Size | None = None, bias: bool = True) -> Parts:
    """The projector *name*: two maps with width *between*, by default the output width."""
    width = d_out if between is None else between
    return (
        dense(f"{name}.linear_1", PROJECTOR, d_in, width, bias),
        dense(f"{name}.linear_2", PROJECTOR, width, d_out, bias),
    )


def text_width(c: Config) -> Sized:
    """The width of *c*'s text model."""
    return inside(c).size("hidden_size")


def language_model(c: Config, name: str = "language_model") -> Parts:
    """The body of *c*'s text model, under *name*; raises NotCountedError if its type is not counted."""
    text = inside(c)
    architecture = architecture_of(text.model_type)
    assert architecture is not None
    refuse_what_is_not_counted(text, architecture.counts)
    return tuple(within(f"{name}.", part) for part in architecture.body(text))


def text_head(name: str = "language_model", key: str = TEXT) -> AddHead:
    """The text model's own head, under its own name."""

    def add(c: Config, prefix: str) -> Parts:
        text = c.inner[key]
        architecture = architecture_of(text.model_type)
        assert architecture is not None
        return architecture.heads[text.task](text, f"{prefix}{name}.")

    return add


def complete(c: Config, name: str = "language_model") -> Parts:
    """The text model of *c* with its own head, a decoder or an encoder-decoder, tied as its own config says.

    Raises NotCountedError if its type or language model is not counted.
    """
    text = c.inner.get(TEXT) or c.nested(TEXT)
    architecture, tasks = architecture_of(text.model_type), text.about["classes"].values()
    text.task = next((task for task in ("causal", "seq2seq") if task in tasks), "")
    if architecture is None or text.task not in architecture.heads:
        raise NotCountedError(c, f"{TEXT} of model_type {text.model_type} is not counted here")
    return tuple(within(f"{name}.", part) for part in architecture.build(text).parts)


def beside(c: Config, name: str, key: str = TEXT) -> Parts:
    """The text encoder beside an image encoder; raises NotCountedError if its type is not counted."""
    text = c.inner.get(key) or c.nested(key)
    architecture, text.task = architecture_of(text.model_type), "base"
    if architecture is None:
        raise NotCountedError(c, f"{key} of model_type {text.model_type} is not counted here")
    return tuple(within(f"{name}.", part) for part in architecture.build(text).parts)
