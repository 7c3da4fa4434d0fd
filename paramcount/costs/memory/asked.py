"""A footprint by what is asked for: which options belong to which purpose, and what holds where one is not given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.computed import NONE, PLAIN
from paramcount.costs.memory.footprint import INFERENCE, TRAINING, Footprint, inference, training
from paramcount.costs.memory.lora import parse
from paramcount.costs.memory.peak import Peak, peak
from paramcount.costs.memory.recipes import Recipe, recipe
from paramcount.costs.run import Run
from paramcount.errors import InputError

DTYPE, RECIPE = "bf16", "mixed-adam"
OPTIONS = {
    INFERENCE: ("dtype", "cache_dtype"),
    TRAINING: ("recipe", "lora", "dtype", "recompute", "kernel", "accumulate"),
}


class Options(TypedDict, total=False):
    """What may be asked of a footprint; None is as if it were not given.

    Of inference: dtype of the weights ("bf16", "int4", "gguf:Q4_K_M"), cache_dtype. Of training: recipe ("mixed-adam"),
    lora ("r=16,targets=q_proj,v_proj"), dtype of what lora freezes, recompute ("none", "selective", "full"), kernel of
    attention ("plain", "fused"), accumulate, batches over which gradients are summed.
    """

    dtype: str | None
    cache_dtype: str | None
    recipe: str | None
    lora: str | None
    recompute: str | None
    kernel: str | None
    accumulate: int | None


def footprint(spec: Spec, run: Run | None, purpose: str, given: Mapping[str, Any]) -> Footprint:
    """What *spec* takes for *purpose* with the options *given*, of which those that are None or "" are not.

    Raises InputError on an option of the other purpose, and on a format for weights whose recipe has one.
    """
    said = options_of(purpose, given)
    if purpose == INFERENCE:
        return inference(spec, run, said.get("dtype", DTYPE), said.get("cache_dtype", DTYPE))
    if "dtype" in said and "lora" not in said:
        raise InputError(f"dtype = {said['dtype']}: the recipe says how weights are kept; valid: beside --lora")
    lora = parse(said["lora"]) if "lora" in said else None
    if said.get("accumulate", 1) < 1:
        raise InputError(f"accumulate = {said['accumulate']}: no number of batches; valid: 1, 8")
    words = {name: said[name] for name in ("recompute", "kernel") if name in said}
    return training(spec, run, recipe(said.get("recipe", RECIPE)), lora, said.get("dtype", DTYPE), **words)


def options_of(purpose: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the options *given* that are given; raises InputError on one that is nothing of *purpose*."""
    if purpose not in OPTIONS:
        raise InputError(f"purpose = {purpose}: neither; valid: {', '.join(OPTIONS)}")
    said = {name: value for name, value in given.items() if value not in (None, "")}
    for name in said:
        if name not in OPTIONS[purpose]:
            raise InputError(f"{name} = {said[name]}: nothing of {purpose}; valid: {', '.join(OPTIONS[purpose])}")
    return said


def recipe_of(given: Mapping[str, Any]) -> Recipe:
    """The recipe that is *given*, or the usual one."""
    return recipe(given.get("recipe") or RECIPE)


def peak_of(spec: Spec, found: Footprint, given: Mapping[str, Any]) -> Peak | None:
    """The moments of a step of what was *found* with these options; None where they are not stated."""
    if found.purpose != TRAINING or given.get("lora"):
        return None
    by, several = recipe_of(given), (given.get("accumulate") or 1) > 1
    return peak(spec, found, by, given.get("recompute") or NONE, given.get("kernel") or PLAIN, several)
