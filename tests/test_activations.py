"""What a training step keeps for its backward pass, against torch's saved-tensor hooks and a published count."""

from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.names import everything, resolve
from paramcount.catalog.spec import Spec
from paramcount.costs.memory.activations import activations, unstated
from paramcount.costs.memory.computed import KERNELS, RECOMPUTE, WIRINGS, wiring_of
from paramcount.costs.memory.korthikanti import korthikanti
from paramcount.costs.run import Run
from paramcount.errors import InputError
from paramcount.verification.saved import saved_bytes

DTYPES = {"fp32": 4, "bf16": 2, "fp16": 2}
BIASED = {"bloom", "gopher"}  # their scores, so that no fused kernel is used
SMALL = {"n_layers": 2, "d_model": 12, "n_heads": 4, "n_kv_heads": 2, "d_head": 5, "d_ff": 30, "n_vocab": 19,
         "n_ctx": 16, "n_segments": 3, "d_embed": 7}  # fmt: skip


def model(name, **sizes):
    """A small model of the family *name*, except for *sizes*."""
    family = FAMILIES[name]
    own = {**SMALL, **sizes}
    return Spec(name, family, family.settle({field: own[field] for field in family.fields if field in own}))


@pytest.mark.parametrize("name", WIRINGS)
def test_every_way_keeps_what_the_hooks_see(name):
    spec = model(name)
    for dtype, recompute, kernel in product(("fp32", "bf16"), RECOMPUTE, KERNELS):
        stated = activations(spec, Run(3, 5), dtype, recompute, kernel)
        if kernel == "fused" and name in BIASED:
            assert stated is None
            continue
        assert stated.total_bytes == saved_bytes(spec, stated, fake=False), (dtype, recompute, kernel)


@pytest.mark.parametrize("name", WIRINGS)
def test_fake_tensors_keep_what_real_ones_do(name):
    stated = activations(model(name, n_layers=1), Run(2, 3), "bf16")
    assert saved_bytes(model(name, n_layers=1), stated) == stated.total_bytes


def test_fake_tensors_keep_what_real_ones_do_however_it_is_computed():
    spec = model("gpt", n_layers=1)
    for recompute, kernel in product(RECOMPUTE, KERNELS):
        stated = activations(spec, Run(2, 3), "bf16", recompute, kernel)
        assert saved_bytes(spec, stated) == saved_bytes(spec, stated, fake=False) == stated.total_bytes


@st.composite
def shapes(draw):
    small = st.integers(1, 9)
    sizes = {field: draw(small) for field in SMALL}
    sizes["n_heads"] = sizes["n_kv_heads"] * draw(st.integers(1, 3))
    return {**sizes, "n_ctx": 8, "d_head": draw(st.integers(1, 17))}


@pytest.mark.parametrize("name", WIRINGS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_any_shape_keeps_what_the_hooks_see(name, data):
    sizes = data.draw(shapes())
    switches = {switch: data.draw(st.booleans()) for switch in FAMILIES[name].switches}
    spec = model(name, **sizes, **switches)
    run = Run(data.draw(st.integers(1, 4)), data.draw(st.integers(1, 8)))
    ways = [data.draw(st.sampled_from(words)) for words in (tuple(DTYPES), RECOMPUTE, KERNELS)]
    stated = activations(spec, run, *ways)
    if stated is None:
        assert name in BIASED
    else:
        assert stated.total_bytes == saved_bytes(spec, stated, fake=False)


@pytest.mark.slow
@pytest.mark.parametrize("spec", list(filter(wiring_of, everything())), ids=lambda one: one.name)
def test_every_model_of_the_catalog_keeps_what_the_hooks_see(spec):
    spec = spec._replace(sizes={**spec.sizes, "n_layers": 1})
    for t in (16, 128):
        stated = activations(spec, Run(3, t))
        assert saved_bytes(spec, stated) == stated.total_bytes


def test_the_formulas_of_a_gpt():
    """Counted by hand from the module: its inputs, its softmax, its function, statistics, mask and numbers."""
    spec = resolve("gpt2-small")
    for (b, t), (dtype, e) in product(((1, 1024), (3, 17)), DTYPES.items()):
        s = spec.sizes
        d, ff, h, w, v = s["d_model"], s["d_ff"], s["n_heads"], s["n_heads"] * s["d_head"], s["n_layers"]
        layer = e * b * t * (2 * ff + 4 * d + 4 * w) + e * b * h * t * t + 4 * e * b * t + t * t
        expected = v * layer + e * b * t * (2 * d + 2) + 8 * b * t + 8 * t
        assert activations(spec, Run(b, t), dtype).total_bytes == expected


@pytest.mark.parametrize("name", ["gpt3-175b", "llama-7b", "gopher-280b", "bert-base", "palm-540b"])
def test_a_formula_counts_what_is_stated(name):
    spec = resolve(name)
    stated = activations(spec, Run(3, 64), "bf16")
    sizes = {**spec.sizes, "batch": 3, "seq": 64, "e": 2}
    assert [line.formula.at(sizes) for line in stated.components] == [line.bytes for line in stated.components]
    assert stated.formula.at(sizes) == stated.total_bytes == sum(line.bytes for line in stated.components)


def test_the_formula_has_columns_that_are_rotated_where_they_are_not_all():
    assert "d_rotary" in activations(resolve("pythia-70m"), Run(1, 8)).formula.symbols()
    assert "d_rotary" not in activations(resolve("llama-7b"), Run(1, 8)).formula.symbols()


@settings(max_examples=10, deadline=None)
@given(h=st.integers(1, 5), a=st.integers(1, 4), layers=st.integers(1, 3), b=st.integers(1, 3), s=st.integers(1, 8))
def test_korthikanti_s_terms_are_those_of_the_witness_with_dropout(h, a, layers, b, s):
    """Term by term: 11·s·b·h + 5·a·s²·b of attention, 19·s·b·h of the feed-forward and 4·s·b·h of the norms."""
    width = a * h
    spec = model("gpt", n_layers=layers, d_model=width, n_heads=a, d_head=h, d_ff=4 * width)
    stated = activations(spec, Run(b, s), "bf16", dropout=True)
    assert saved_bytes(spec, stated, fake=False, dropout=0.1) == stated.total_bytes
    sbh, assb = s * b * width, a * s * s * b
    kept = {line.component: line.bytes for line in stated.components}
    assert kept["attention"] == layers * (11 * sbh + 5 * assb + s * s)
    assert kept["feed-forward"] == layers * 19 * sbh
    assert kept["layer norm"] == layers * (4 * sbh + 8 * s * b)
    theirs = korthikanti(spec, Run(b, s)).bytes
    assert theirs == layers * (34 * sbh + 5 * assb)
    within = sum(kept[component] for component in ("attention", "feed-forward", "layer norm"))
    assert within - theirs == layers * (8 * s * b + s * s)  # statistics and the mask, which they leave out


def test_korthikanti_s_other_figures():
    spec, run = resolve("gpt3-175b"), Run(1, 2048)
    sbh = 2048 * 12288
    assert korthikanti(spec, run, "selective").bytes == 96 * 34 * sbh
    assert korthikanti(spec, run, "full").bytes == 96 * 2 * sbh
    layers = {line.component: line.bytes for line in activations(spec, run, "bf16", "full").components}
    assert layers["layer inputs"] == 96 * 2 * sbh
    without = activations(spec, run, "bf16", "selective", dropout=True)
    within = sum(line.bytes for line in without.components if line.component in ("attention", "feed-forward"))
    assert within == 96 * 30 * sbh  # the norms keep the other four
    assert korthikanti(resolve("llama-7b"), run) is None
    assert korthikanti(resolve("gpt3-175b", ["d_ff=3000"]), run) is None


def test_what_is_not_stated_is_none_and_says_why():
    mixture, config = resolve("mixtral-8x7b"), resolve("mamba-130m")
    assert activations(mixture, Run(1, 8)) is None
    assert "how tokens are routed" in unstated(mixture)
    assert activations(config, Run(1, 8)) is None
    assert "the class's code" in unstated(config)
    assert activations(resolve("bloom-176b"), Run(1, 8), kernel="fused") is None
    assert "bias" in unstated(resolve("bloom-176b"), "fused")
    assert unstated(resolve("gpt3-175b"), "fused") == ""


@pytest.mark.parametrize("word", ["dtype", "recompute", "kernel"])
def test_a_misspelt_word_is_refused(word):
    with pytest.raises(InputError, match=f"{word} = slective.*valid"):
        activations(resolve("gpt3-175b"), Run(1, 8), **{word: "slective"})


def test_bytes_are_whole_at_any_size():
    spec = model("gpt", d_model=10**15, n_layers=10**6)
    total = activations(spec, Run(10**6, 10**6)).total_bytes
    assert total > 10**33
    assert total % 2 == 0
    assert type(total) is int


def test_the_default_dtype_of_torch_is_left_as_it_was():
    stated = activations(model("gpt"), Run(1, 2), "bf16")
    saved_bytes(model("gpt"), stated)
    assert torch.get_default_dtype() is torch.float32


def test_theirs_is_printed_beside_ours(run):
    printed = run("memory", "gpt3-175b", "--for", "training", "--seq", "2048").stdout
    assert "155,123,752,960" in printed
    assert f"Korthikanti et al. 2022 count {96 * (34 * 2048 * 12288 + 5 * 96 * 2048**2):,} bytes" in printed
    assert "Korthikanti" not in run("memory", "gpt3-175b", "--for", "training", "--recipe", "fp32-adam").stdout
