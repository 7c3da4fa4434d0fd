"""Every convention that an audit tries, against arithmetic by hand and torch's own modules.

The expectations never read the ledger: what a convention sums there must be found whatever the tensors are called.
"""

from collections.abc import Mapping
from math import gcd, prod
from typing import NamedTuple

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import RANGES, given_sizes

from paramcount.auditing.conventions import conventions, pairs
from paramcount.catalog.families import FAMILIES
from paramcount.catalog.names import find
from paramcount.catalog.spec import Spec
from paramcount.papers.tables import read
from paramcount.verification.witnesses.registry import WITNESSES

SMALL = {field: (1, min(high, 40)) for field, (_, high) in RANGES.items()} | {"n_layers": (1, 3)}


class Hand(NamedTuple):
    """A model's counts by hand: its *components*, and the sums that conventions need.

    *biases* are the vectors outside norms, *unsplit* what model-parallel shards hold a copy of each, *gates* the gates
    of gated feed-forwards, *first* the first maps of plain ones, *switched* what each switch adds.
    """

    components: dict[str, int]
    biases: int = 0
    unsplit: int = 0
    gates: int = 0
    first: int = 0
    switched: Mapping[str, int] = {}

    @property
    def total(self):
        return sum(self.components.values())


def usual(L, d, w, f):
    """L layers with biases everywhere: queries, keys, values, output; up, down."""
    return {
        "attention": L * (4 * d * w + 3 * w + d),
        "feed-forward": L * (2 * d * f + f + d),
    }, L * (3 * w + d + f + d)


def grouped(L, d, w, kv):
    """Attention without biases, w wide in queries and kv in keys and in values."""
    return {"attention": L * (2 * d * w + 2 * d * kv)}


def framed(s, components, width=None):
    """*components* between a token embedding and the output head, which adds nothing if it is tied."""
    table = s["n_vocab"] * (width or s["d_model"])
    return {"token embedding": table, **components, "output head": 0 if s.get("tied") else table}, {"tied": -table}


def gpt(s, rows_more=0, final=True):
    L, d, w, f = s["n_layers"], s["d_model"], s["n_heads"] * s["d_head"], s["d_ff"]
    layers, biases = usual(L, d, w, f)
    positions, norms = (s["n_ctx"] + rows_more) * d, {"layer norm": L * 4 * d}
    norms |= {"final norm": 2 * d} if final else {}
    components, switched = framed(s, {"position embedding": positions, **layers, **norms})
    unsplit = L * 2 * d + positions + L * 4 * d + (2 * d if final else 0)
    return Hand(components, biases, unsplit, first=L * d * f, switched=switched)


def opt_projected(s):
    L, d, w, f, e = s["n_layers"], s["d_model"], s["n_heads"] * s["d_head"], s["d_ff"], s["d_embed"]
    layers, biases = usual(L, d, w, f)
    positions = (s["n_ctx"] + 2) * d
    inner = {"position embedding": positions, "projections": 2 * d * e, **layers, "layer norm": L * 4 * d}
    components, switched = framed(s, inner, width=e)
    return Hand(components, biases, L * 2 * d + positions + L * 4 * d, first=L * d * f, switched=switched)


def attention_only(s):
    L, d, w = s["n_layers"], s["d_model"], s["n_heads"] * s["d_head"]
    return Hand(framed(s, {"attention": L * 4 * d * w})[0])


def gpt_neox(s, embedding_norm=0):
    L, d, w, f = s["n_layers"], s["d_model"], s["n_heads"] * s["d_head"], s["d_ff"]
    layers, biases = usual(L, d, w, f)
    norms = {"layer norm": L * 4 * d, "final norm": 2 * d}
    norms |= {"embedding norm": embedding_norm} if embedding_norm else {}
    components, switched = framed(s, {**layers, **norms})
    unsplit = L * 2 * d + L * 4 * d + 2 * d + embedding_norm
    return Hand(components, biases, unsplit, first=L * d * f, switched=switched)


def gopher(s):
    """u and v are vectors in Dai et al. 2019 but biases in their code: left out with the biases, and split."""
    L, d, w, f = s["n_layers"], s["d_model"], s["n_heads"] * s["d_head"], s["d_ff"]
    layers, biases = usual(L, d, w, f)
    inner = {**layers, "relative positions": L * (d * w + 2 * w), "norm": L * 2 * d, "final norm": d}
    components, switched = framed(s, inner)
    return Hand(components, biases + L * 2 * w, L * 2 * d + L * 2 * d + d, first=L * d * f, switched=switched)


def llama(s, norms=2):
    L, d, f = s["n_layers"], s["d_model"], s["d_ff"]
    attention = grouped(L, d, s["n_heads"] * s["d_head"], s["n_kv_heads"] * s["d_head"])
    inner = {**attention, "feed-forward": L * 3 * d * f, "norm": L * norms * d, "final norm": d}
    components, switched = framed(s, inner)
    return Hand(components, 0, L * norms * d + d, gates=L * d * f, switched=switched)


def mixtral(s):
    L, d, f, n = s["n_layers"], s["d_model"], s["d_ff"], s["n_experts"]
    attention = grouped(L, d, s["n_heads"] * s["d_head"], s["n_kv_heads"] * s["d_head"])
    inner = {**attention, "router": L * d * n, "experts": L * n * 3 * d * f, "norm": L * 2 * d, "final norm": d}
    components, switched = framed(s, inner)
    return Hand(components, 0, L * 2 * d + d, gates=L * n * d * f, switched=switched)


def bert(s, rows_more=0):
    L, d, w, f = s["n_layers"], s["d_model"], s["n_heads"] * s["d_head"], s["d_ff"]
    layers, biases = usual(L, d, w, f)
    positions, pooler = (s["n_ctx"] + rows_more) * d, d * d + d
    components = {
        "token embedding": s["n_vocab"] * d,
        "position embedding": positions,
        "segment embedding": s["n_segments"] * d,
        "embedding norm": 2 * d,
        **layers,
        "layer norm": L * 4 * d,
        "pooler": pooler if s["pooler"] else 0,
    }
    biases += d if s["pooler"] else 0
    unsplit = L * 2 * d + positions + 2 * d + L * 4 * d
    return Hand(components, biases, unsplit, first=L * d * f, switched={"pooler": pooler})


def glam(s):
    L, m, d, w, f = s["n_layers"], s["n_sparse_layers"], s["d_model"], s["n_heads"] * s["d_head"], s["d_ff"]
    n = s["n_experts"]
    inner = {
        "attention": L * 4 * d * w,
        "relative positions": L * s["n_buckets"] * s["n_heads"],
        "feed-forward": (L - m) * 3 * d * f,
        "router": m * d * n,
        "experts": m * n * 2 * d * f,
        "norm": L * 2 * d,
        "final norm": d,
    }
    components, switched = framed(s, inner)
    return Hand(components, 0, L * 2 * d + d, gates=(L - m) * d * f, switched=switched)


def vit(s):
    L, d, w, f = s["n_layers"], s["d_model"], s["n_heads"] * s["d_head"], s["d_ff"]
    layers, biases = usual(L, d, w, f)
    first = 1 if s["class_token"] else 0
    positions = (s["n_patches"] + first) * d
    components = {
        "patch embedding": s["patch_size"] ** 2 * s["n_channels"] * d + d,
        "class token": first * d,
        "position embedding": positions,
        **layers,
        "layer norm": L * 4 * d,
        "final norm": 2 * d,
        "classifier": d * s["n_classes"] + s["n_classes"],
    }
    unsplit = L * 2 * d + positions + L * 4 * d + 2 * d
    return Hand(components, biases + d + s["n_classes"], unsplit, first=L * d * f, switched={"class_token": 2 * d})


HANDS = {
    "gpt": gpt,
    "gpt-post-norm": lambda s: gpt(s, final=False),
    "opt": lambda s: gpt(s, rows_more=2),
    "opt-projected": opt_projected,
    "attention-only": attention_only,
    "gpt-neox": gpt_neox,
    "bloom": lambda s: gpt_neox(s, embedding_norm=2 * s["d_model"]),
    "palm": lambda s: llama(s, norms=1),
    "llama": llama,
    "mixtral": mixtral,
    "gopher": gopher,
    "bert": bert,
    "roberta": lambda s: bert(s, rows_more=2),
    "glam": glam,
    "vit": vit,
}
WITHOUT_NORM_BIASES = {"attention-only", "llama", "mixtral", "palm", "gopher", "glam"}
HEADS = ("bert", "roberta")
WITHOUT_BIASES = {"attention-only", "llama", "mixtral", "palm", "glam"}
GATED = {"llama", "mixtral", "palm", "glam"}
FAMILY = pytest.mark.parametrize("name", FAMILIES)


def drawn(data, name, ranges=RANGES):
    family = FAMILIES[name]
    return Spec(name, family, family.settle(data.draw(given_sizes(family, ranges))))


def counted(spec, field, row=None, reading="total"):
    """The counts of *row* under the conventions named *field*, by their values."""
    return {c.edit[field]: c.counted(row or spec, reading) for c in conventions(spec) if field in c.edit}


def of_a_token(spec):
    """The parameters that one more token in the vocabulary adds."""
    width = spec.sizes.get("d_embed", spec.sizes["d_model"])
    has_own_head = spec.sizes.get("tied") is False or spec.family.name == "attention-only"
    return 2 * width if has_own_head else width


def test_every_family_is_written_out_by_hand():
    assert HANDS.keys() == FAMILIES.keys()


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_every_convention_is_one_of_those_below(name, data):
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    left_out = {part for part, count in hand.components.items() if count and "norm" not in part}
    norm_biases = {"norm biases"} if name not in WITHOUT_NORM_BIASES else set()
    assert counted(spec, "without").keys() == {*left_out, "norms", "embeddings", "biases", *norm_biases}
    put_in = {"norm biases"} if name in WITHOUT_NORM_BIASES - {"attention-only"} else set()
    assert counted(spec, "with").keys() == put_in | ({"pre-training head"} if name in HEADS else set())
    others = {field for convention in conventions(spec) for field in convention.edit}
    feed_forward = {"feed_forward"} if name != "attention-only" else set()
    switches = spec.family.switches.keys()
    assert others - feed_forward - switches - {"shards", "with"} == {"without", "count", "n_vocab"}
    assert feed_forward | switches <= others


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_biases_left_out(name, data):
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    assert counted(spec, "without")["biases"] == hand.total - hand.biases
    assert (hand.biases > 0) == (name not in WITHOUT_BIASES)


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_a_component_left_out(name, data):
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    found = counted(spec, "without")
    parts = {part: count for part, count in hand.components.items() if count and "norm" not in part}
    assert len(parts) >= 2
    assert {part: found[part] for part in parts} == {part: hand.total - count for part, count in parts.items()}


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_norms_left_out_together(name, data):
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    norms = sum(count for part, count in hand.components.items() if "norm" in part)
    assert (norms > 0) == (name != "attention-only")
    assert counted(spec, "without")["norms"] == hand.total - norms


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_embeddings_left_out_together(name, data):
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    tables = ("token embedding", "position embedding", "segment embedding", "output head")
    embeddings = sum(hand.components.get(table, 0) for table in tables)
    assert embeddings > 0
    assert counted(spec, "without")["embeddings"] == hand.total - embeddings


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_a_plain_feed_forward_for_a_gated_one_and_the_reverse(name, data):
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    found = counted(spec, "feed_forward")
    if name == "attention-only":
        assert found == {}
    elif name in GATED:
        assert hand.gates > 0
        assert found == {"plain": hand.total - hand.gates}
    else:
        assert hand.first > 0
        assert found == {"gated": hand.total + hand.first}


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_what_shards_do_not_split_is_counted_once_for_each(name, data):
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    assert (hand.unsplit > 0) == (name != "attention-only")
    split = gcd(spec.sizes["n_heads"], spec.sizes.get("d_ff", 0))
    shards = [n for n in range(2, 65) if split % n == 0]
    assert counted(spec, "shards") == {n: hand.total + (n - 1) * hand.unsplit for n in shards}


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_norms_with_and_without_biases(name, data):
    """A layer norm has as many biases as gains; a norm without biases would get as many."""
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    norms = sum(count for part, count in hand.components.items() if "norm" in part)
    if name in WITHOUT_NORM_BIASES:
        assert counted(spec, "with").get("norm biases", hand.total) == hand.total + norms
    else:
        assert counted(spec, "without")["norm biases"] == hand.total - norms // 2


@pytest.mark.parametrize("name", HEADS)
@given(data=st.data())
@settings(max_examples=10)
def test_the_head_of_pre_training(name, data):
    """A map, its norm and a bias per token, and for BERT a sentence classifier. The pooler is as the row says."""
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    d = spec.sizes["d_model"]
    masked = d * d + d + 2 * d + spec.sizes["n_vocab"]
    more = 2 * d + 2 if name == "bert" else 0
    assert counted(spec, "with")["pre-training head"] == hand.total + masked + more


def test_the_head_of_pre_training_is_that_of_bert_for_pre_training():
    """BERT-Base with it has the 110,106,428 parameters of transformers' BertForPreTraining."""
    assert counted(find("bert-base"), "with") == {"pre-training head": 110_106_428}


def test_two_conventions_together_add_up():
    spec = find("gpt2-small")
    found = {tuple(pair.edit.items()): pair.counted(spec, "total") for pair in pairs(conventions(spec))}
    unsplit = 1024 * 768 + 12 * 6 * 768 + 2 * 768
    assert found[("n_vocab", 50304), ("shards", 4)] == 124_439_808 + 47 * 768 + 3 * unsplit


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_the_rule_of_thumb(name, data):
    spec = drawn(data, name)
    n_layers, d_model = spec.sizes["n_layers"], spec.sizes["d_model"]
    assert counted(spec, "count") == {"12·n_layers·d_model²": 12 * n_layers * d_model * d_model}


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if "n_vocab" in family.sizes])
@given(data=st.data())
@settings(max_examples=10)
def test_the_vocabularies_of_others_and_padded_ones(name, data):
    spec = drawn(data, name)
    n_vocab, total = spec.sizes["n_vocab"], HANDS[name](spec.sizes).total
    others = {int(row["n_vocab"]) for row in read("vocabularies.csv")}
    padded = {n_vocab + -n_vocab % step for step in (8, 64, 128, 256, 512, 1024)}
    assert {40478, 50257, 32000} <= others
    expected = {n: total + (n - n_vocab) * of_a_token(spec) for n in (others | padded) - {n_vocab}}
    assert counted(spec, "n_vocab") == expected


def test_vocabularies_are_those_of_their_time():
    family = FAMILIES["gpt"]
    sizes = family.settle({"n_layers": 2, "d_model": 64, "n_heads": 2, "n_vocab": 40_960, "n_ctx": 16})
    assert counted(Spec("one", family, sizes, table="gpt1", year=2018), "n_vocab").keys() == {
        int(row["n_vocab"]) for row in read("vocabularies.csv") if int(row["year"]) <= 2018
    }


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_each_switch_the_other_way(name, data):
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    assert hand.switched.keys() == spec.family.switches.keys()
    for switch, added in hand.switched.items():
        assert added != 0
        value = not spec.sizes[switch]
        assert counted(spec, switch) == {value: hand.total + (added if value else -added)}


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_a_convention_counts_every_row_by_that_rows_own_sizes(name, data):
    """Found for one row of a table, it is tried on all rows, which are switched alike."""
    spec, other = drawn(data, name), drawn(data, name)
    switches = {switch: spec.sizes[switch] for switch in spec.family.switches}
    row = other._replace(sizes={**other.sizes, **switches})
    hand = HANDS[name](row.sizes)
    assert counted(spec, "without", row)["biases"] == hand.total - hand.biases
    assert counted(spec, "without", row)["attention"] == hand.total - hand.components["attention"]
    assert all(c == hand.total + (n - 1) * hand.unsplit for n, c in counted(spec, "shards", row).items())
    assert set(counted(spec, "feed_forward", row).values()) <= {hand.total - hand.gates, hand.total + hand.first}


@FAMILY
@given(data=st.data())
@settings(max_examples=10)
def test_conventions_are_taken_from_the_reading_of_the_figure(name, data):
    spec = drawn(data, name)
    hand = HANDS[name](spec.sizes)
    tables = ("token embedding", "position embedding", "segment embedding", "output head")
    rest = hand.total - sum(hand.components.get(table, 0) for table in tables)
    assert counted(spec, "without", reading="non-embedding")["biases"] == rest - hand.biases
    shards = counted(spec, "shards", reading="non-embedding")
    assert all(count == rest + (n - 1) * hand.unsplit for n, count in shards.items())


@FAMILY
@given(data=st.data())
@settings(max_examples=5)
def test_the_sums_are_those_of_the_modules_written_from_the_papers(name, data):
    spec = drawn(data, name, SMALL)
    with torch.device("meta"):
        built = WITNESSES[name](**spec.sizes)
    shapes = {parameter: tuple(tensor.shape) for parameter, tensor in built.named_parameters()}
    norms = {
        f"{owner}.{own}"
        for owner, module in built.named_modules()
        for own, _ in module.named_parameters(recurse=False)
        if "Norm" in type(module).__name__
    }
    params = {parameter: prod(shape) for parameter, shape in shapes.items()}
    total = sum(params.values())

    def summed(*endings):
        return sum(count for parameter, count in params.items() if parameter.endswith(endings))

    biases = sum(params[p] for p, shape in shapes.items() if len(shape) == 1 and p not in norms)
    normed = sum(params[p] for p in norms)
    unsplit = normed + summed("position_embedding.weight", "attention.b_O", "feed_forward.b_2")
    without = counted(spec, "without")
    assert (without["biases"], without["norms"]) == (total - biases, total - normed)
    assert all(count == total + (n - 1) * unsplit for n, count in counted(spec, "shards").items())
    added = {"plain": -summed(".W_gate"), "gated": summed(".W_1")}
    assert all(count == total + added[kind] for kind, count in counted(spec, "feed_forward").items())
