"""`paramcount.load`: whatever states a model, as a loaded model."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from itertools import pairwise
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from paramcount.catalog.families import family_named
from paramcount.catalog.family import Family
from paramcount.catalog.from_config import spec_of
from paramcount.catalog.locate import changed, is_here, locate, resolve
from paramcount.catalog.names import is_model
from paramcount.catalog.spec import CALLED, WHOLE, Spec, override, refuse_part
from paramcount.config.document import of_python
from paramcount.errors import InputError
from paramcount.library.loaded import LoadedModel

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
    "valid: a name, a path, a config as a dict, a torch module, transformers' config or class, or a candidate of solve"
)
PART_OF = "load(name, part=…) of a name, a path or a config"


def load(name: Named, *, part: str = WHOLE, **sizes: Any) -> LoadedModel:
    """The model that *name* states, with *sizes* set over it; or the family *name* with all its sizes given.

    *name* may be what the command line takes (a name of the catalog, a config.json, a folder or checkpoint beside which
    there is one, a hub repository), a config as a dict, a config of transformers, one of its classes (with its default
    config), a torch module, which is counted as it is, a candidate of `solve`, or a model that is loaded. Of a model of
    more than text a *part* may be loaded alone: text, vision, audio, projector, speech. Sizes may be ints, and for
    models of the catalog's tables sympy symbols or numpy arrays (whole numbers stay exact Python ints). Raises
    paramcount.errors.InputError on an unknown name, field or size, and on a config that states no model that is
    counted.

    >>> load("gpt3-xl", n_heads=16).total()
    1315723264
    """
    if part not in (WHOLE, *CALLED):
        raise InputError(f"part = {part}: valid: {', '.join(CALLED)}, or nothing for the whole")
    if (stated := _as_it_is(name)) is not None:
        if part:
            raise InputError(f"part = {part}: of what is loaded whole already; valid: {PART_OF}")
        return LoadedModel(_set(stated, sizes))
    asked = {as_change(field, value) for field, value in sizes.items() if isinstance(value, str | int)}
    document = _document(name)
    if isinstance(document, Mapping):
        config = of_python(document, changes=asked)
        spec, settled = spec_of(config, str(document.get("model_type") or config.model_type), part), config.settled
    elif not (is_here(document) or is_model(document)) and (family := family_named(document.lower())):
        refuse_part(family.name, part)
        return LoadedModel(Spec(family.name, family, family.settle(sizes)))
    else:
        found = locate(document, asked, part)
        spec, settled = changed(document, found, []), found.settled if found else frozenset[str]()
    open_ = {field: value for field, value in sizes.items() if as_change(field, value) not in settled}
    return LoadedModel(_set(spec, open_ if settled else sizes))


def _as_it_is(name: Any) -> Spec | None:
    """The model of what is no text and no config: a torch module, a candidate or a model; None for anything else."""
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
    """The model that a candidate's *command* shows."""
    _, name, *options = shlex.split(command)
    changes = [value for option, value in pairwise(options) if option == "--set"]
    return resolve(name, changes, options[options.index("--part") + 1] if "--part" in options else WHOLE)


def _document(name: Any) -> Mapping[str, Any] | str:
    """The config that *name* is or has as its default, or the text that it is."""
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
    raise InputError(f"{type(name).__name__}: states no model; {VALID}")


def _set(spec: Spec, sizes: Mapping[str, Any]) -> Spec:
    if not isinstance(spec.family, Family):
        _refuse_unknown(spec, sizes)
    return override(spec, sizes) if sizes else spec


def as_change(field: str, value: Any) -> str:
    """A size as the command line's --set has it."""
    return f"{field}={str(value).lower() if isinstance(value, bool) else value}"


def _refuse_unknown(spec: Spec, sizes: Mapping[str, Any]) -> None:
    """Raise InputError on a size that the config of *spec* lacks, or a value that no config could hold."""
    for field, value in sizes.items():
        if not isinstance(value, IN_JSON):
            said = "a config holds numbers; arrays and symbols are for models of the catalog's tables"
            raise InputError(f"{field} = {' '.join(str(value).split())}: {said}")
        spec.family.read(field, str(value).lower() if isinstance(value, bool) else "1")


def spec_named(model: Named, *, part: str = WHOLE, **sizes: Any) -> Spec:
    """What states the model that `load` gives for these."""
    return load(model, part=part, **sizes).spec
