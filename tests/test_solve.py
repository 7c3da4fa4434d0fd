"""Solving: the winner is never beaten, every figure is recounted, and the answers are shapes people would build."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.names import find, resolve
from paramcount.errors import InputError
from paramcount.library import load
from paramcount.solver import RANKS, Solution, solve
from paramcount.solver.usual import fit

GPT = FAMILIES["gpt"]
BUDGETS = ["1K", "10K", "100K", "1M", "10M", "124M", "1.3B", "7B", "175B", "1T", "100T", "1e18", "1e30"]
USUAL = ["124M", "1.3B", "7B", "70B", "175B", "1T", "100T"]


def shapes(**lattice: Any) -> Iterator[dict[str, int]]:
    """Every shape of a small lattice, by brute force."""
    k, tp = lattice["multiple_of"], lattice["tp"]
    sizes = (lattice[name] for name in ("n_layers", "d_model", "d_head", "d_ff_ratio"))
    for n_layers, d_model, d_head, ratio in product(*sizes):
        n_heads, rest = divmod(d_model, d_head)
        d_ff = d_model * ratio
        if rest or d_ff.denominator > 1 or d_model % k or n_heads % tp or d_model % tp or d_ff % tp:
            continue
        if lattice["n_heads"] is not None and n_heads not in lattice["n_heads"]:
            continue
        if lattice["aspect"] is not None and not lattice["aspect"][0] <= d_model / n_layers <= lattice["aspect"][1]:
            continue
        if lattice["powers_of_two"] and not all(size & (size - 1) == 0 for size in (n_layers, d_model, d_head)):
            continue
        yield {"n_layers": n_layers, "d_model": d_model, "n_heads": n_heads, "d_head": d_head, "d_ff": int(d_ff)}


def count(shape: dict[str, Any], n_vocab: int, n_ctx: int, tied: bool = True) -> int:
    total = GPT.build(**shape, n_vocab=n_vocab, n_ctx=n_ctx, tied=tied).total()
    assert isinstance(total, int)
    return total


def spans(most: int, longest: int) -> st.SearchStrategy[range]:
    return st.tuples(st.integers(1, most), st.integers(0, longest)).map(lambda t: range(t[0], t[0] + t[1] + 1))


RATIOS = [Fraction(4), Fraction(8, 3), Fraction(1, 2)]
HEADS = st.lists(st.integers(1, 12), min_size=1, max_size=2, unique=True)
USUAL_RULES = st.fixed_dictionaries(
    {
        "n_layers": spans(20, 6),
        "d_model": spans(60, 80),
        "d_head": HEADS,
        "d_ff_ratio": st.lists(st.sampled_from(RATIOS), min_size=1, max_size=2, unique=True),
        "multiple_of": st.sampled_from([1, 1, 2, 3, 8]),
        "tp": st.sampled_from([1, 1, 2]),
        "n_heads": st.none() | spans(8, 30),
        "aspect": st.none() | st.tuples(st.integers(1, 5), st.integers(5, 60)),
        "powers_of_two": st.just(False),
    }
)
POWERS = st.lists(st.sampled_from([1, 2, 4, 8]), min_size=1, max_size=2, unique=True)
POWERS_RULES = st.fixed_dictionaries(
    {
        "n_layers": spans(20, 60),
        "d_model": spans(60, 600),
        "d_head": POWERS,
        "d_ff_ratio": st.just([Fraction(4)]),
        "multiple_of": st.sampled_from([1, 16]),
        "tp": st.sampled_from([1, 2]),
        "n_heads": st.none(),
        "aspect": st.none() | st.tuples(st.integers(1, 5), st.integers(5, 60)),
        "powers_of_two": st.just(True),
    }
)
LATTICES = USUAL_RULES | POWERS_RULES
EVEN = st.integers(1, 150).map(lambda n: 2 * n)


def asked(lattice: dict[str, Any], **options: Any) -> Solution:
    """The solution on the same lattice, with ranges as on the command line."""
    given = {key: f"{value[0]}:{value[-1]}" if isinstance(value, range) else value for key, value in lattice.items()}
    return solve(**given, **options)


@pytest.mark.thorough
@settings(max_examples=400)
@given(LATTICES, st.data(), EVEN, st.integers(1, 300), st.booleans())
def test_the_closest_shape_is_never_beaten_by_brute_force(lattice, data, n_vocab, n_ctx, tied):
    """Nor is the nearest miss if nothing lies within the tolerance; and all shapes are covered."""
    every = list(shapes(**lattice))
    totals = [count(shape, n_vocab, n_ctx, tied) for shape in every]
    near = data.draw(st.sampled_from(totals or [1000])) * data.draw(st.integers(30, 300)) // 100
    options = {"n_vocab": n_vocab, "n_ctx": n_ctx, "tied": tied, "rank": "closest", "tolerance": "10%"}
    if not every:
        with pytest.raises(InputError, match="valid"):
            asked(lattice, params=near, **options)
        return
    solution = asked(lattice, params=near, **options)
    best = min(abs(total - near) for total in totals)
    within = 10 * best <= near
    winner = solution.candidates[0] if within else solution.nearest_miss
    assert bool(solution.candidates) == within
    assert winner is not None
    assert abs(winner.total - near) == best
    assert solution.shapes_covered == len(every)


@pytest.mark.thorough
@settings(max_examples=200)
@given(LATTICES, st.data(), EVEN, st.integers(1, 300))
def test_exactly_finds_precisely_the_shapes_that_brute_force_finds(lattice, data, n_vocab, n_ctx):
    every = list(shapes(**lattice))
    assume(every)
    budget = count(data.draw(st.sampled_from(every)), n_vocab, n_ctx)
    solution = asked(lattice, params=budget, n_vocab=n_vocab, n_ctx=n_ctx, exactly=True)
    found = {(c.n_layers, c.d_model, c.d_ff) for c in solution.candidates}
    expected = {(s["n_layers"], s["d_model"], s["d_ff"]) for s in every if count(s, n_vocab, n_ctx) == budget}
    assert found == expected
    assert len(found) == len(solution.candidates)
    assert all(c.n_heads * c.d_head == c.d_model and c.d_head in lattice["d_head"] for c in solution.candidates)


@given(LATTICES, st.integers(1, 10**6), st.sampled_from(sorted(RANKS)), st.integers(1, 12))
def test_every_candidate_is_on_the_lattice_within_the_tolerance_and_listed_once(lattice, budget, rank, top):
    every = [tuple(shape.values()) for shape in shapes(**lattice)]
    assume(every)
    solution = asked(lattice, params=budget, n_vocab=256, n_ctx=256, rank=rank, top=top, tolerance="20%")
    listed = [(c.n_layers, c.d_model, c.n_heads, c.d_head, c.d_ff) for c in solution.candidates]
    assert set(listed) <= set(every)
    assert len(listed) == len(set(listed)) <= top
    assert all(abs(c.total - budget) * 5 <= budget for c in solution.candidates)


@given(
    st.integers(1, 10**7),
    st.integers(1, 6),
    st.integers(1, 40).map(lambda n: 8 * n),
    st.tuples(st.integers(1, 300), st.integers(0, 300)),
)
def test_any_size_can_be_the_free_one(budget, n_layers, d_model, vocabulary):
    """With n_layers and d_model given, it solves for the vocabulary."""
    low, more = vocabulary
    solution = solve(
        budget, n_layers=n_layers, d_model=d_model, d_head=8, n_vocab=f"{low}:{low + more}", n_ctx=16, rank="closest"
    )
    shape = {"n_layers": n_layers, "d_model": d_model, "n_heads": d_model // 8, "d_head": 8, "d_ff": 4 * d_model}
    best = min(abs(count(shape, n_vocab, 16) - budget) for n_vocab in range(low, low + more + 1))
    winner = solution.candidates[0] if solution.candidates else solution.nearest_miss
    assert winner is not None
    assert abs(winner.total - budget) == best


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize("budget", BUDGETS)
def test_every_budget_from_1K_to_1e30_has_candidates_that_the_ledger_recounts(budget, rank):
    solution = solve(budget, rank=rank)
    assert solution.candidates
    for candidate in solution.candidates:
        fields = {field: getattr(candidate, field) for field in GPT.fields}
        model = GPT.build(**fields)
        assert (candidate.total, candidate.non_embedding) == (model.total(), model.non_embedding())
        assert 10 * abs(candidate.total - solution.budget) <= solution.budget
        assert candidate.n_heads * candidate.d_head == candidate.d_model


@pytest.mark.parametrize("budget", [*BUDGETS, "350M", "66B"])
def test_the_printed_command_counts_the_same(budget):
    for candidate in solve(budget).candidates:
        name, *settings = candidate.command.removeprefix("paramcount ").split(" --set ")
        assert resolve(name, settings).model().total() == candidate.total


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize("budget", USUAL)
def test_the_first_answer_is_one_that_people_would_build(budget, rank):
    """Not three layers or ten thousand, however close the count."""
    first = solve(budget, rank=rank).candidates[0]
    assert 8 <= first.n_layers <= 1000
    assert 20 <= first.aspect <= (400 if rank == "balanced" else 800)
    assert first.d_head in (64, 128)


@pytest.mark.parametrize("budget", USUAL)
def test_balanced_answers_differ_from_each_other(budget):
    """The answers are not just 95, 96 and 97 layers of the same width."""
    listed = solve(budget).candidates
    for a, b in product(listed, listed):
        if a is not b:
            assert (
                max(a.n_layers / b.n_layers, a.d_model / b.d_model, b.n_layers / a.n_layers, b.d_model / a.d_model)
                > 1.1
            )


@pytest.mark.parametrize(
    ("budget", "n_layers", "d_model"), [("124M", 12, 768), ("1.3B", 24, 2048), ("175B", 96, 12288)]
)
def test_published_shapes_come_first_at_their_own_size(budget, n_layers, d_model):
    first = solve(budget).candidates[0]
    assert (first.n_layers, first.d_model) == (n_layers, d_model)


def test_powers_of_two_at_100T_are_the_pairs_with_k_plus_2m_43():
    solution = solve("100T", powers_of_two=True)
    pairs = {(c.n_layers, c.d_model): c.total for c in solution.candidates}
    assert set(pairs) == {(2 ** (43 - 2 * m), 2**m) for m in range(6, 22)}
    assert pairs[512, 131_072] == 105_560_844_664_832
    first = solution.candidates[0]
    assert (first.n_layers, first.d_model, first.n_heads) == (512, 131_072, 1024)


def test_gpt2_small_is_found_from_its_count():
    first = solve(124_439_808, exactly=True).candidates[0]
    sizes = find("gpt2-small").sizes
    assert {field: getattr(first, field) for field in sizes} == sizes
    assert (first.error, first.nearest) == (0.0, "gpt2-small")


@pytest.mark.parametrize("name", ["gpt3-175b", "gpt3-xl", "opt-6.7b", "gpt1", "gpt3-13b", "megatron-lm-8.3b"])
def test_a_model_is_the_first_shape_like_itself(name):
    """Even GPT-3 XL, whose attention is half as wide again as the model, and OPT, from another family."""
    spec = find(name)
    solution = solve(spec.model().total(), like=name)
    first = solution.candidates[0]
    assert solution.family == spec.family.name
    assert {field: getattr(first, field) for field in spec.sizes} == spec.sizes
    assert all(0.75 <= c.aspect / first.aspect <= 1.25 for c in solution.candidates)


def test_powers_of_two_hold_for_layers_width_heads_and_head_size():
    for candidate in solve("7B", powers_of_two=True).candidates:
        for size in (candidate.n_layers, candidate.d_model, candidate.n_heads, candidate.d_head):
            assert size & (size - 1) == 0


def test_tp_divides_heads_widths_and_vocabulary():
    solution = solve("70B", tp=8)
    for c in solution.candidates:
        assert not any(size % 8 for size in (c.n_heads, c.d_model, c.d_ff, c.n_vocab))
    assert {c.n_vocab for c in solution.candidates} == {50264}
    assert any("padded from 50257 to 50264" in note for note in solution.notes)


def test_constraints_hold():
    solution = solve(
        "1.3B", n_layers="16:32", multiple_of=256, aspect="60:90", d_ff_ratio="8/3,4", tied=False, tolerance="5%"
    )
    assert solution.candidates
    for c in solution.candidates:
        assert 16 <= c.n_layers <= 32
        assert c.d_model % 256 == 0
        assert 60 <= c.aspect <= 90
        assert c.d_ff in (4 * c.d_model, Fraction(8, 3) * c.d_model)
        assert not c.tied
        assert abs(c.error) <= 0.05


def test_listed_sizes_are_the_only_ones():
    solution = solve("7B", n_layers=[32, 36], d_head="64,128", n_heads=[32, 40, 64], tolerance=1)
    assert {c.n_layers for c in solution.candidates} <= {32, 36}
    assert {c.n_heads for c in solution.candidates} <= {32, 40, 64}


def test_numpy_sizes_are_read_as_whole_numbers():
    layers = np.arange(32, 40, 4)
    assert solve("7B", n_layers=layers).candidates == solve("7B", n_layers="32,36").candidates
    assert solve("7B", n_layers=layers[0]).candidates == solve("7B", n_layers=32).candidates


def test_heads_and_width_give_the_head_size():
    first = solve("760M", d_model=1536, n_heads=16).candidates[0]
    assert first.d_head == 96


def test_a_non_embedding_budget_is_for_the_non_embedding_count():
    first = solve(85_056_000, non_embedding=True, exactly=True).candidates[0]
    assert (first.n_layers, first.d_model, first.non_embedding) == (12, 768, 85_056_000)


def test_small_budgets_get_small_vocabularies_and_say_so():
    for budget, n_vocab, of in [("10K", 27, "character-level"), ("10M", 256, "byte-level"), ("124M", 50257, "GPT-3")]:
        solution = solve(budget)
        assert solution.candidates[0].n_vocab == n_vocab
        assert any(of in note and str(n_vocab) in note for note in solution.notes)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"params": "1.3B", "n_layers": 24, "tolerance": "1%"}, "tolerance 1 %.*1.21 %.*--tolerance 1.3% allows it"),
        ({"params": "1M", "n_vocab": 50257, "d_head": 64}, "n_vocab = 50257 and n_ctx = 256 alone take"),
        ({"params": "10B", "n_layers": "1:4", "d_model": "64:128"}, "larger than 7,488,384 .*widen"),
        ({"params": 124_439_809, "exactly": True}, "exactly.*differs by"),
    ],
)
def test_nothing_found_names_the_nearest_miss_and_what_stops_it(options, why):
    solution = solve(**options)
    assert solution.candidates == ()
    assert solution.nearest_miss is not None
    assert pytest.approx(solution.nearest_miss.total, rel=1e-15) == round(
        solution.budget * (1 + solution.nearest_miss.error)
    )
    with pytest.raises(InputError, match=why):
        raise InputError(solution.stopped_by)


def test_the_tolerance_that_is_suggested_admits_the_nearest_miss():
    missed = solve("1.3B", n_layers=24, tolerance="0.01%")
    suggested = missed.stopped_by.split("--tolerance ")[1].split()[0]
    assert missed.nearest_miss in solve("1.3B", n_layers=24, tolerance=suggested).candidates


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"params": 0}, "params = 0"),
        ({"params": -5}, "params = -5"),
        ({"params": "nan"}, "params = nan"),
        ({"params": "1e400"}, "larger than 1e36"),
        ({"n_heads": 7, "d_model": 768, "d_head": 64}, "n_heads = 7.*valid: n_heads = 12"),
        ({"d_model": 700}, "d_model = 700: not a multiple of 64.*valid: 640, 704"),
        ({"d_model": "100:120"}, "d_model = 100:120.*valid: multiples of 64"),
        ({"d_model": 768, "multiple_of": 512}, "multiple-of 512.*valid: 512, 1024"),
        ({"n_vocab": 50257, "tp": 8}, "n_vocab = 50257.*valid: 50256, 50264"),
        ({"n_heads": 12, "tp": 8}, "n_heads = 12.*valid: 8, 16"),
        ({"n_layers": "256:64"}, "empty range; valid: 64:256"),
        ({"n_layers": "1:2:3"}, "not a range"),
        ({"n_layers": "1:1e30"}, "more than 10\\^18 values"),
        ({"n_layers": 96, "powers_of_two": True}, "n_layers = 96: not a power of two.*valid: 64, 128"),
        ({"d_ff_ratio": "8/3", "powers_of_two": True}, "no power of two is"),
        ({"d_ff_ratio": "0"}, "d_ff_ratio = 0: not a positive ratio"),
        ({"aspect": "256:64"}, "empty range"),
        ({"aspect": "1:2", "n_layers": 1, "d_model": 64}, "no shape meets all of this"),
        ({"tolerance": "5"}, "more than the whole budget; valid: 5%"),
        ({"tolerance": "few"}, "not a share of the budget"),
        ({"tolerance": "1%", "exactly": True}, "allows no error"),
        ({"d_head": "1:1e6"}, "too many values"),
        ({"n_layers": "1:1e6", "d_model": "64:1e9", "n_vocab": "1:1e6"}, "too many shapes"),
        ({"like": "gpt33"}, "did you mean"),
        ({"rank": "tidyy"}, "did you mean tidy"),
        ({"rank": "xyz"}, "valid: closest, tidy, balanced"),
        ({"top": 0}, "top = 0"),
        ({"tp": 0}, "tp = 0"),
    ],
    ids=str,
)
def test_wrong_requests_say_what_is_wrong_and_what_would_be_valid(options, line):
    with pytest.raises(InputError, match=line) as caught:
        solve(**{"params": "7B", **options})
    assert "valid" in str(caught.value) or "did you mean" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "options", [{"params": "350M"}, {"params": "350M", "tied": False}, {"params": "1M", "d_ff_ratio": 2}]
)
def test_transformers_loads_the_config_to_exactly_that_count(options, tmp_path):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    candidate = solve(**options).candidates[0]
    (tmp_path / "config.json").write_text(json.dumps(candidate.to_config()))
    config = transformers.AutoConfig.from_pretrained(tmp_path)
    with torch.device("meta"):
        model = transformers.GPT2LMHeadModel(config)
        model.tie_weights()
    assert sum(parameter.numel() for parameter in model.parameters()) == candidate.total


@pytest.mark.parametrize("name", ["gpt1", "opt-6.7b", "llama-7b", "mixtral-8x7b", "bloom-7.1b", "bert-large"])
def test_the_config_of_any_family_that_has_a_class_counts_to_exactly_that(name):
    solution = solve(find(name).model().total(), like=name)
    candidate = solution.candidates[0]
    assert load(candidate.to_config()).total() == candidate.total


def test_a_config_refuses_what_it_cannot_state():
    for name, why in [("gpt3-xl", "n_heads·d_head = 3072"), ("palm-8b", "no class for the family palm")]:
        solution = solve(find(name).model().total(), like=name)
        with pytest.raises(InputError, match=why):
            solution.candidates[0].to_config()


def test_least_squares_finds_a_line_and_what_is_off_it():
    trend = fit([(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)])
    assert (trend.slope, trend.intercept) == pytest.approx((2.0, 1.0))
    assert trend.spread == pytest.approx(0.0, abs=1e-12)
    assert fit([(0.0, 0.0), (0.0, 2.0), (1.0, 1.0)]).widest == pytest.approx(1.0)


@pytest.mark.thorough
@settings(max_examples=60, deadline=None)
@given(st.integers(3, 140), st.integers(100, 999))
def test_the_first_answer_is_within_2_percent_wherever_any_shape_is(power, digits):
    """For budgets from 300 to 10^36 with any three digits."""
    budget = digits * 10 ** (power // 4 - 2) if power > 11 else digits * power
    found = solve(budget, top=200).candidates
    close = [50 * abs(candidate.total - budget) <= budget for candidate in found]
    assert close[0] == any(close)
    nearest = solve(budget, rank="closest", aspect=None, top=10_000).candidates
    assert close[0] == any(50 * abs(candidate.total - budget) <= budget for candidate in nearest)


@pytest.mark.thorough
@given(LATTICES, st.data())
def test_within_2_percent_comes_first_on_any_lattice(lattice, data):
    """Brute force says whether there is a shape within 2 % of the budget."""
    every = [count(shape, 256, 256) for shape in shapes(**lattice)]
    assume(every)
    budget = data.draw(st.sampled_from(every)) * data.draw(st.integers(80, 120)) // 100
    solution = asked(lattice, params=budget, n_vocab=256, n_ctx=256, tolerance="20%")
    exists = any(50 * abs(total - budget) <= budget for total in every)
    assert (bool(solution.candidates) and 50 * abs(solution.candidates[0].total - budget) <= budget) == exists


def test_a_budget_of_7B_is_answered_by_shapes_of_7B():
    for candidate in solve("7B").candidates[:5]:
        assert abs(candidate.total - 7 * 10**9) <= 0.02 * 7 * 10**9


@pytest.mark.parametrize("budget", ["1K", "600K", "99M", "7B", "100T"])
def test_the_way_to_a_decoder_of_today_is_named_and_leads_there(budget, run):
    import shlex

    lines = run("solve", "--params", budget).stdout.splitlines()
    assert "--like llama-3.1-8b" in lines[-1]
    assert "Assumed, as in" in lines[-2]
    if budget != "1K":
        options = lines[-1][lines[-1].index("--like") :]
        followed = run("solve", "--params", budget, *shlex.split(options))
        assert followed.exit_code == 0
        assert "n_kv_heads" in followed.stdout
        assert "modern decoder" not in followed.stdout
