"""`paramcount.load`: a LoadedModel from a name, path, config, class, module or candidate."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from itertools import pairwise
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from paramcount.arguments import checked
from paramcount.catalog.families import family_named
from paramcount.catalog.family import Family
from paramcount.catalog.from_config import spec_of
from paramcount.catalog.locate import changed, is_here, locate, resolve
from paramcount.catalog.names import is_model
from paramcount.catalog.spec import CALLED, WHOLE, Spec, override, refuse_part
from paramcount.config.document import of_python
from paramcount.errors import InputError
from paramcount.ledger.polynomial import Polynomial
from paramcount.library.loaded import LoadedModel
from paramcount.models.design import Design

if TYPE_CHECKING:
    from torch import nn
    from transformers import PretrainedConfig, PreTrainedModel

    from paramcount.solver.solution import Candidate

    Named = (
        str
        | PathLike[str]
        | Mapping[str, Any]
        | nn.Module
        | PretrainedConfig
        | type[PretrainedConfig]
        | type[PreTrainedModel]
        | Candidate
        | LoadedModel
    )  # whatever states a model

IN_JSON = (int, float, str, list, dict, type(None))
VALID = (
    "valid: a name, a path, a config as a dict, a torch module, a transformers config or class, or a solve candidate"
)
PART_OF = "load(name, part=…) of a name, a path or a config"


@checked
def load(name: Named, *, part: str = WHOLE, **sizes: Any) -> LoadedModel:
    """Load a model by name, path or config, with *sizes* changed; or a family by *name*, with all its sizes given.

    *name* may be anything the command line takes (a catalog name, a config.json, a folder or checkpoint with one
    beside it, a hub repository), a config as a dict, a transformers config or class (with its default config), a torch
    module, which is counted as it is, a candidate found by `solve`, or a loaded model. *part* loads one part of a
    multimodal model: text, vision, audio, projector or speech. Sizes are ints; for models from the catalog's tables
    they may also be sympy symbols or numpy arrays (whole numbers stay exact Python ints). Raises
    paramcount.errors.InputError on an unknown name or size, and on a config that paramcount cannot count.

    >>> load("gpt3-xl", n_heads=16).total()
    1315723264
    >>> load({"model_type": "llama", "num_hidden_layers": 16}).total()
    3500281856
    """
    if part not in (WHOLE, *CALLED):
        raise InputError(f"part = {part}: no such part; valid: {', '.join(CALLED)}; leave it out for the whole model")
    if (stated := _as_it_is(name)) is not None:
        if part:
            raise InputError(f"part = {part}: this model is loaded as a whole; valid: {PART_OF}")
        return LoadedModel(_set(stated, sizes))
    asked = {as_change(field, value) for field, value in sizes.items() if isinstance(value, str | int)}
    document = _document(name)
    if isinstance(document, Mapping):
        config = of_python(document, changes=asked)
        spec, settled = spec_of(config, str(document.get("model_type") or config.model_type), part), config.settled
    elif not (is_here(document) or is_model(document)) and (family := family_named(document.lower())):
        refuse_part(family.name, part)
        return LoadedModel(Spec(family.name, family, family.settle(_read(family, sizes))))
    else:
        found = locate(document, asked, part)
        spec, settled = changed(document, found, []), found.settled if found else frozenset[str]()
    open_ = {field: value for field, value in sizes.items() if as_change(field, value) not in settled}
    return LoadedModel(_set(spec, open_ if settled else sizes))


def _as_it_is(name: Any) -> Spec | None:
    """The model of a torch module, a solve candidate or a loaded model; None for anything else."""
    if isinstance(name, LoadedModel):
        return name.spec
    if "torch" in sys.modules and isinstance(name, sys.modules["torch"].nn.Module):
        from paramcount.classes.of_module import counted_module

        return Spec(type(name).__name__, counted_module(name), {})
    candidate = sys.modules.get("paramcount.solver.solution")
    if candidate is not None and isinstance(name, candidate.Candidate):
        return _shown_by(name.command)
    return None


def _shown_by(command: str) -> Spec:
    """The model that a candidate's *command* prints."""
    _, name, *options = shlex.split(command)
    changes = [value for option, value in pairwise(options) if option == "--set"]
    return resolve(name, changes, options[options.index("--part") + 1] if "--part" in options else WHOLE)


def _document(name: Any) -> Mapping[str, Any] | str:
    """*name* as a config (for a class, its default config), or as text if it is a name or path."""
    if isinstance(name, Mapping):
        return name
    if isinstance(name, str | PathLike):
        return fspath(name)
    if isinstance(name, type) and hasattr(name, "config_class"):
        return {**name.config_class().to_dict(), "architectures": [name.__name__]}
    if isinstance(name, type) and hasattr(name, "model_type") and hasattr(name, "to_dict"):
        return dict(name().to_dict())
    if hasattr(name, "model_type") and hasattr(name, "to_dict"):
        return dict(name.to_dict())
    raise InputError(f"load: a {type(name).__name__} is not a model; {VALID}")


def _set(spec: Spec, sizes: Mapping[str, Any]) -> Spec:
    if not isinstance(spec.family, Family):
        _refuse_unknown(spec, sizes)
        return override(spec, sizes) if sizes else spec
    return override(spec, _read(spec.family, sizes)) if sizes else spec


def _read(family: Family | Design, sizes: Mapping[str, Any]) -> dict[str, Any]:
    """*sizes* of *family*: numbers and text as whole numbers, arrays and symbols as they are; InputError on others."""
    many = {field for field, value in sizes.items() if field in family.sizes and _is_many(value)}
    return {field: v if field in many else family.read(field, _text(v)) for field, v in sizes.items()}


def _is_many(value: Any) -> bool:
    """Whether *value* is an array of numbers, or a symbol."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    numbers = bool(kind in ("i", "u", "O") and value.shape and (value >= 1).all())
    return numbers or hasattr(value, "free_symbols") or isinstance(value, Polynomial)


def _text(value: Any) -> str:
    """A size as --set takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_change(field: str, value: Any) -> str:
    """A size as --set takes it."""
    return f"{field}={_text(value)}"


def _refuse_unknown(spec: Spec, sizes: Mapping[str, Any]) -> None:
    """Raise InputError on a size that the config of *spec* does not have, or a value that no config can hold."""
    for field, value in sizes.items():
        if not isinstance(value, IN_JSON):
            said = "a config takes numbers; arrays and symbols work only with models from the catalog's tables"
            raise InputError(f"{field} = {' '.join(str(value).split())}: {said}")
        spec.family.read(field, str(value).lower() if isinstance(value, bool) else "1")


def spec_named(model: Named, *, part: str = WHOLE, **sizes: Any) -> Spec:
    """The spec of the model that `load` returns; raises InputError as it does, and on arrays and symbols."""
    return load(model, part=part, **sizes).spec.whole()
