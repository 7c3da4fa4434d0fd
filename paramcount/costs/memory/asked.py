"""A footprint from options: which options belong to which purpose, and their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from paramcount.arguments import as_typed
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


OF_TYPE = {"accumulate": "int"}


class Options(TypedDict, total=False):
    """The options of a footprint; None means not given.

    For inference: dtype of the weights ("bf16", "int4", "gguf:Q4_K_M"), cache_dtype. For training: recipe
    ("mixed-adam"), lora ("r=16,targets=q_proj,v_proj"), dtype of the frozen weights with lora, recompute ("none",
    "selective", "full"), kernel of attention ("plain", "fused"), accumulate (batches per optimizer step).
    """

    dtype: str | None
    cache_dtype: str | None
    recipe: str | None
    lora: str | None
    recompute: str | None
    kernel: str | None
    accumulate: int | None


def footprint(spec: Spec, run: Run | None, purpose: str, given: Mapping[str, Any]) -> Footprint:
    """The footprint of *spec* for *purpose* with the options *given*; None and "" mean that an option is not given.

    Raises InputError on an option of the other purpose, and on a dtype for weights if the recipe sets it.
    """
    said = options_of(purpose, given)
    if purpose == INFERENCE:
        return inference(spec, run, said.get("dtype", DTYPE), said.get("cache_dtype", DTYPE))
    if "dtype" in said and "lora" not in said:
        raise InputError(f"dtype = {said['dtype']}: in training the recipe sets it; valid: with --lora")
    lora = parse(said["lora"]) if "lora" in said else None
    if said.get("accumulate", 1) < 1:
        raise InputError(f"accumulate = {said['accumulate']}: not a number of batches; valid: 1, 8")
    words = {name: said[name] for name in ("recompute", "kernel") if name in said}
    return training(spec, run, recipe(said.get("recipe", RECIPE)), lora, said.get("dtype", DTYPE), **words)


def options_of(purpose: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The options in *given* that have a value; raises InputError on one that does not belong to *purpose*."""
    if purpose not in OPTIONS:
        raise InputError(f"purpose = {purpose}: unknown; valid: {', '.join(OPTIONS)}")
    texts = {name: as_typed(name, value, [OF_TYPE.get(name, "str"), "None"]) for name, value in given.items()}
    said = {name: value for name, value in texts.items() if value not in (None, "")}
    for name in said:
        if name not in OPTIONS[purpose]:
            raise InputError(f"{name} = {said[name]}: not for {purpose}; valid: {', '.join(OPTIONS[purpose])}")
    return said


def recipe_of(given: Mapping[str, Any]) -> Recipe:
    """The recipe in *given*, or the default one."""
    return recipe(given.get("recipe") or RECIPE)


def peak_of(spec: Spec, found: Footprint, given: Mapping[str, Any]) -> Peak | None:
    """The moments of a step with the footprint *found* and these options; None if they are not known."""
    if found.purpose != TRAINING or given.get("lora"):
        return None
    by, several = recipe_of(given), (given.get("accumulate") or 1) > 1
    return peak(spec, found, by, given.get("recompute") or NONE, given.get("kernel") or PLAIN, several)
