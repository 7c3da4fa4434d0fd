"""The peak of a training step, by category, against torch's MemTracker under fake tensors."""

import pytest
import torch

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.names import resolve
from paramcount.catalog.spec import Spec
from paramcount.costs.memory.computed import WIRINGS
from paramcount.costs.memory.footprint import training
from paramcount.costs.memory.peak import BACKWARD, LOSS, MOMENTS, STEP, no_peak, peak
from paramcount.costs.memory.recipes import recipe, recipes
from paramcount.costs.run import Run
from paramcount.verification.step import OPTIMIZERS, tracked_step

COUNTERS = {"fp32-adam": 4, "bf16-adam": 4}  # bytes per tensor: torch's Adam counts its steps in float32
SMALL = {"n_layers": 2, "d_model": 16, "n_heads": 4, "n_kv_heads": 2, "d_head": 4, "d_ff": 40, "n_vocab": 29,
         "n_ctx": 16, "d_embed": 8}  # fmt: skip
DECODERS = [name for name in WIRINGS if name not in ("bert", "roberta")]


def model(name, **sizes):
    """A small model of the family *name*, except for *sizes*."""
    family = FAMILIES[name]
    own = {**SMALL, **sizes}
    return Spec(name, family, family.settle({field: own[field] for field in family.fields if field in own}))


def held(spec, run, name, recompute="none", kernel="plain"):
    """The computed peak, and the tracker's."""
    by = recipe(name)
    stated = peak(spec, training(spec, run, by), by, recompute, kernel)
    return stated, tracked_step(spec, run, name, by.dtype, recompute, kernel)


def counted(spec, name):
    """The bytes of the optimizer's step counters, which no recipe states."""
    tensors = sum(entry.times for entry in spec.model().ledger() if not entry.tensor.shares)
    return COUNTERS.get(name, 0) * tensors


def check(spec, run, name, recompute="none", kernel="plain"):
    stated, seen = held(spec, run, name, recompute, kernel)
    parts = {moment.name: moment.parts for moment in stated.moments}
    tokens, width = run.batch * run.seq, {"bf16": 2, "fp32": 4}[recipe(name).dtype]
    scalars = {LOSS: 2 * width, BACKWARD: width, STEP: width}  # the loss, and while it is computed its weight
    for when in MOMENTS:
        there, now = seen[when], parts[when]
        assert there["Parameter"] == now["weights"]
        assert there.get("Optstate", 0) == now["optimizer"] + (counted(spec, name) if now["optimizer"] else 0)
        assert there.get("Gradient", 0) == now.get("gradients", 0)
    forward = parts[LOSS]
    kept = forward["activations"] + forward["targets"] + forward["logits"] + forward["log-probabilities"]
    assert seen[LOSS]["Activation"] == kept + scalars[LOSS]
    for when in (BACKWARD, STEP):
        assert seen[when]["Activation"] == parts[when]["tokens and targets"] + parts[when]["logits"] + scalars[when]
    assert parts[BACKWARD]["tokens and targets"] == 16 * tokens
    return stated, seen


@pytest.mark.thorough
@pytest.mark.parametrize("name", DECODERS)
def test_each_moment_is_what_the_tracker_sees(name):
    check(model(name), Run(2, 6), "fp32-adam")


@pytest.mark.parametrize("way", [("selective", "plain"), ("full", "plain"), ("none", "fused")])
def test_each_moment_is_what_the_tracker_sees_however_it_is_computed(way):
    check(model("gpt"), Run(2, 6), "bf16-adam", *way)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_recipe_holds_what_torch_s_optimizer_does(name):
    check(model("llama"), Run(1, 5), name)


@pytest.mark.parametrize("name", ["fp32-adam", "bf16-adam", "sgd"])
def test_the_peak_is_the_tracker_s_where_the_vocabulary_is_large(name):
    spec = model("gpt", n_vocab=4000)
    stated, seen = held(spec, Run(4, 8), name)
    width = {"fp32-adam": 4, "bf16-adam": 2, "sgd": 4}[name]
    assert stated.largest.name == LOSS
    assert seen["peak"]["Total"] == stated.bytes + counted(spec, name) + 2 * width


@pytest.mark.parametrize("name", ["fp32-adam", "bf16-adam"])
def test_the_peak_is_the_tracker_s_where_the_weights_are_many(name):
    spec = model("gpt", d_model=96, d_head=24, d_ff=384)
    stated, seen = held(spec, Run(1, 2), name)
    width = {"fp32-adam": 4, "bf16-adam": 2}[name]
    assert stated.largest.name == STEP
    assert seen["peak"]["Total"] == stated.bytes + counted(spec, name) + width


def test_gradients_of_earlier_batches_are_there_at_the_loss():
    spec, by = resolve("gpt2-small"), recipe("mixed-adam")
    footprint = training(spec, Run(1, 8), by)
    alone, more = (peak(spec, footprint, by, accumulate=several).moments[0] for several in (False, True))
    assert more.bytes - alone.bytes == footprint.gradients == more.parts["gradients"]


def test_the_step_holds_roots_where_the_recipe_keeps_variances_one_by_one():
    spec = resolve("gpt2-small")
    n = spec.model().total()
    roots = {}
    for name in recipes():
        by = recipe(name)
        roots[name] = peak(spec, training(spec, Run(1, 8), by), by).moments[2].parts["roots"]
    expected = {"fp32-adam": 4 * n, "mixed-adam": 4 * n, "bf16-adam": 2 * n, "adam8bit": 0, "sgd": 0, "sgd-momentum": 0}
    assert {name: roots[name] for name in expected} == expected


def test_what_has_no_stated_peak_says_why():
    by, run = recipe("mixed-adam"), Run(1, 8)
    for name, said in (("bert-base", "no output head"), ("mixtral-8x7b", "expert"), ("mamba-130m", "the class's code")):
        spec = resolve(name)
        assert peak(spec, training(spec, run, by), by) is None
        assert said in no_peak(spec)
    spec = resolve("gpt2-small")
    assert peak(spec, training(spec, None, by), by) is None
    assert no_peak(spec) == ""
    assert torch.get_default_dtype() is torch.float32
