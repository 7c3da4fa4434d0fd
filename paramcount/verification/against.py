"""Compares a ledger with transformers' own class: every name, shape and tie, and the total."""

from __future__ import annotations

from torch import nn

from paramcount.catalog import names
from paramcount.catalog.from_config import spec_of
from paramcount.catalog.spec import Spec
from paramcount.classes import of_transformers
from paramcount.config import Config
from paramcount.config.document import of
from paramcount.errors import InputError
from paramcount.models.configured import Configured
from paramcount.models.design import Counted
from paramcount.models.registry import accepted, class_of, of_more_than_text
from paramcount.verification.as_config import config_of
from paramcount.verification.result import NotBuiltError, Verified


def against_transformers(spec: Spec) -> Verified:
    """Compare *spec* with the class its config names, or, for a catalog model, with the config of its shape.

    A family's ledger uses its paper's names, so only its total is compared. Raises InputError if transformers has no
    such class.
    """
    design = _design(spec)
    built = _built(design.config)
    mismatches = of_transformers.differences(design.model, built)
    total, other = spec.model().total(), design.model.total()
    if total != other:
        mismatches.append(f"total: {spec.family.name} counts {total:,}, {design.name} {other:,}")
    names = len(of_transformers.found(built))
    witness = class_of(design.config)
    return Verified(spec.title(), names, total, tuple(mismatches), f"transformers' {witness}", spec.part)


def _design(spec: Spec) -> Configured:
    """The design of the config for *spec*; raises InputError if transformers counted it, or has no such class."""
    if own := spec.family.configured(spec.sizes):
        return own
    if isinstance(spec.family, Counted):
        raise InputError(
            f"{spec.name}: counted by transformers itself, so this would check nothing; valid: a type counted here"
        )
    return Configured(of(config_of(spec), spec.name))


def _built(config: Config) -> nn.Module:
    try:
        return of_transformers.build(config)
    except Exception as error:  # its classes may raise anything
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise NotBuiltError(f"{config.name}: transformers cannot build its {class_of(config)} ({said})") from None


def everything() -> list[Spec]:
    """The default config of each supported type, and the catalog models that transformers has.

    Some types' defaults do not describe a model, not even for transformers: a size is missing, or heads do not divide
    the width.
    """
    defaults = filter(None, map(_by_default, (*accepted(), *of_more_than_text())))
    return [*defaults, *(spec for spec in names.everything() if _has_class(spec))]


def _by_default(model_type: str) -> Spec | None:
    try:
        return spec_of(of({"model_type": model_type}, model_type), model_type)
    except InputError:
        return None


def _has_class(spec: Spec) -> bool:
    if isinstance(spec.family, Configured):
        return True
    try:
        config_of(spec)
    except InputError:
        return False
    return True
