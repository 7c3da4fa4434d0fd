"""The ledger has only leaves, and every reading of it is a sum of them."""

import pytest
from hypothesis import given
from shapes import shapes

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.names import find, resolve
from paramcount.ledger.polynomial import Polynomial
from paramcount.models.design import SizeError

KNOWN = {  # the counts of released checkpoints, and the exact counts of the printed GPT-3 rows
    "gpt1": 116_534_784,
    "gpt2-small": 124_439_808,
    "gpt2-medium": 354_823_168,
    "gpt2-large": 774_030_080,
    "gpt2-xl": 1_557_611_200,
    "gpt3-175b": 174_604_259_328,
    "gpt3-xl": 1_517_123_584,
}


@pytest.mark.parametrize(("name", "count"), KNOWN.items())
def test_known_counts_come_out(name, count):
    assert find(name).model().total() == count


@given(shapes())
def test_parts_equal_the_whole(shape):
    """Components, tensors and layers each add up to the total."""
    family, sizes = shape
    model = family.build(**sizes)
    total = model.total()
    assert sum(model.by_component().values()) == total
    assert sum(entry.params for entry in model.ledger()) == total
    if family.name == "glam":  # whose layers are of two kinds
        return
    outside = {entry.component for entry in model.ledger() if "{}" not in entry.name}
    layers = sum(model.per_layer().values()) * sizes["n_layers"]
    assert layers + sum(count for name, count in model.by_component().items() if name in outside) == total


@given(shapes())
def test_symbols_count_what_ints_count(shape):
    family, sizes = shape
    symbolic = family.build(**family.symbols(sizes))
    whole = family.build(**sizes)
    numbers = {field: value for field, value in sizes.items() if field in family.sizes}
    for read in ("total", "non_embedding", "active"):
        assert getattr(symbolic, read)().subs(numbers).value() == getattr(whole, read)()


def by_hand(family, s):
    """The textbook sums, written out by hand."""
    d, ff, width = s["d_model"], s.get("d_ff"), s["n_heads"] * s["d_head"]
    if family == "vit":
        biased = 4 * d * width + 3 * width + d + 2 * d * ff + ff + d
        first = 1 if s["class_token"] else 0
        ends = (s["patch_size"] ** 2 * s["n_channels"] + 1) * d + 2 * d + (d + 1) * s["n_classes"]
        return ends + (s["n_patches"] + 2 * first) * d + s["n_layers"] * (biased + 4 * d)
    vocabulary = s["n_vocab"] * (1 if s.get("tied") else 2) * d
    few = s.get("n_kv_heads", 0) * s["d_head"]
    if family == "attention-only":
        return vocabulary + s["n_layers"] * 4 * d * width
    if family == "llama":
        return vocabulary + s["n_layers"] * (2 * d * width + 2 * d * few + 3 * d * ff + 2 * d) + d
    if family == "mixtral":
        experts = s["n_experts"] * 3 * d * ff + d * s["n_experts"]
        return vocabulary + s["n_layers"] * (2 * d * width + 2 * d * few + experts + 2 * d) + d
    if family == "palm":
        return vocabulary + s["n_layers"] * (2 * d * width + 2 * d * few + 3 * d * ff + d) + d
    if family == "glam":
        sparse = s["n_sparse_layers"] * (s["n_experts"] * 2 * d * ff + d * s["n_experts"])
        gated = (s["n_layers"] - s["n_sparse_layers"]) * 3 * d * ff
        every = 4 * d * width + s["n_buckets"] * s["n_heads"] + 2 * d
        return vocabulary + s["n_layers"] * every + gated + sparse + d
    biased = 4 * d * width + 3 * width + d + 2 * d * ff + ff + d
    if family == "gopher":  # W_KR, u and v besides, and norms without biases
        return vocabulary + s["n_layers"] * (biased + d * width + 2 * width + 2 * d) + d
    layers = s["n_layers"] * (biased + 4 * d)
    if family in ("bert", "roberta"):
        positions = s["n_ctx"] + (2 if family == "roberta" else 0)
        pooler = d * d + d if s["pooler"] else 0
        return (s["n_vocab"] + positions + s["n_segments"]) * d + 2 * d + layers + pooler
    if family == "opt-projected":
        e = s["d_embed"]
        return s["n_vocab"] * (1 if s["tied"] else 2) * e + 2 * e * d + (s["n_ctx"] + 2) * d + layers
    positions = {"gpt-neox": 0, "bloom": 0, "opt": s.get("n_ctx", 0) + 2}.get(family, s.get("n_ctx"))
    norms = {"gpt-post-norm": 0, "bloom": 4 * d}.get(family, 2 * d)  # outside the layers
    return vocabulary + positions * d + layers + norms


@given(shapes())
def test_every_family_counts_as_a_hand_written_formula(shape):
    family, sizes = shape
    assert family.build(**sizes).total() == by_hand(family.name, dict(sizes))


@given(shapes())
def test_active_parameters_leave_out_the_experts_that_a_token_is_not_sent_to(shape):
    family, sizes = shape
    model = family.build(**sizes)
    idle = sizes["n_experts"] - sizes["n_active_experts"] if "n_experts" in sizes else 0
    expert = (2 if family.name == "glam" else 3) * sizes["d_model"] * sizes["d_ff"] if idle else 0
    assert model.active() == model.total() - sizes.get("n_sparse_layers", sizes["n_layers"]) * idle * expert


def test_mixtral_8x7b_has_46_7_billion_parameters_of_which_12_9_are_active():
    """Jiang et al. 2024: "47B parameters", "13B active"."""
    sizes = {"n_layers": 32, "d_model": 4096, "n_heads": 32, "n_kv_heads": 8, "d_ff": 14336, "n_vocab": 32000}
    model = FAMILIES["mixtral"].build(**FAMILIES["mixtral"].settle({**sizes, "n_experts": 8, "n_active_experts": 2}))
    assert (model.total(), model.active()) == (46_702_792_704, 12_879_925_248)


def test_tensor_names_are_unique_and_aliases_name_a_tensor():
    for family in FAMILIES.values():
        entries = list(family.build(**family.symbols()).ledger())
        names = [entry.name for entry in entries]
        assert len(set(names)) == len(names)
        assert all(entry.tensor.shares in names for entry in entries if entry.tensor.shares)


def test_the_leading_terms_read_as_the_literature_states_them():
    formulas = {name: str(part) for name, part in find("gpt3-175b").symbolic().by_component().items()}
    assert formulas["token embedding"] == "n_vocab·d_model"
    assert formulas["position embedding"] == "n_ctx·d_model"
    assert formulas["attention"].split(" + ")[0] == "4·d_model·d_head·n_heads·n_layers"
    assert formulas["feed-forward"].split(" + ")[0] == "8·d_model²·n_layers"
    assert formulas["attention"].split(" + ")[1:] == ["3·d_head·n_heads·n_layers", "d_model·n_layers"]
    assert formulas["feed-forward"].split(" + ")[1:] == ["5·d_model·n_layers"]
    assert formulas["layer norm"] == "4·d_model·n_layers"
    assert formulas["final norm"] == "2·d_model"


def test_an_untied_head_is_counted_and_a_tied_one_is_not():
    tied = find("gpt2-small").model()
    untied = resolve("gpt2-small", ["tied=false"]).model()
    assert untied.total() - tied.total() == 50257 * 768
    assert untied.non_embedding() == tied.non_embedding() == 85_056_000


def test_open_sizes_are_settled_or_refused():
    gpt = FAMILIES["gpt"]
    given = {"n_layers": 2, "d_model": 96, "n_vocab": 10, "n_ctx": 8}
    assert gpt.settle({**given, "n_heads": 6})["d_head"] == 16
    assert gpt.settle({**given, "d_head": 32})["n_heads"] == 3
    assert gpt.settle({**given, "d_head": 32})["d_ff"] == 384
    with pytest.raises(SizeError, match="not a multiple of n_heads = 7"):
        gpt.settle({**given, "n_heads": 7})
    with pytest.raises(SizeError, match="n_heads, d_head not given"):
        gpt.settle(given)
    with pytest.raises(SizeError, match="n_experts: not a hyperparameter of gpt"):
        gpt.settle({**given, "n_heads": 6, "n_experts": 8})


def test_a_block_takes_any_size_that_adds_and_multiplies():
    """Polynomials, ints and numpy arrays give the same counts."""
    import numpy

    gpt = FAMILIES["gpt"]
    sizes = dict(find("gpt2-small").sizes)
    widths = numpy.array([768, 1024, 12288], dtype=float)
    sweep = gpt.build(**{**sizes, "d_model": widths, "d_ff": 4 * widths})
    symbolic = gpt.build(**{**sizes, "d_model": Polynomial.symbol("d"), "d_ff": 4 * Polynomial.symbol("d")})
    for place, width in enumerate((768, 1024, 12288)):
        exact = gpt.build(**{**sizes, "d_model": width, "d_ff": 4 * width}).total()
        assert sweep.total()[place] == exact == symbolic.total().subs({"d": width}).value()
