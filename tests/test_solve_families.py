"""Solving for shapes like any model: heads that share keys, experts, feed-forward in proportion or free."""

from __future__ import annotations

import json
import shlex
from contextlib import suppress
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.names import find, of_tables, released, resolve
from paramcount.errors import InputError
from paramcount.library import load
from paramcount.solver import Solution, solve
from paramcount.solver.defaults import by_model

LIKE = {"llama": "mistral-7b", "mixtral": "mixtral-8x7b", "palm": "palm-8b"}
OF_EACH_FAMILY = {spec.family.name: spec.name for spec in of_tables() if spec.name != "gpt3-xl"}  # the last of each
FREE = [(family, field) for family in OF_EACH_FAMILY for field in FAMILIES[family].sizes if field != "d_head"]


def rounded(ratio: Fraction, d_model: int, multiple: int) -> int:
    """The multiple nearest to ratio·d_model, by trying all."""
    target = ratio * d_model
    near = range(multiple, int(target) + 2 * multiple, multiple)
    return min(near, key=lambda d_ff: (abs(d_ff - target), -d_ff))


def widths(family: str, d_model: int, lattice: dict[str, Any]) -> list[int]:
    """The d_ff for one width: those listed, or by the ratios listed, or what is usual for the model."""
    if "d_ff" in lattice:
        return list(lattice["d_ff"])
    if "d_ff_ratio" in lattice:
        return [int(ratio * d_model) for ratio in lattice["d_ff_ratio"] if (ratio * d_model).denominator == 1]
    return [4 * d_model] if family == "palm" else [rounded(Fraction(7, 2), d_model, 256)]


def sharings(family: str, n_heads: int, lattice: dict[str, Any]) -> list[int]:
    """The n_kv_heads for this many heads: those listed, or the usual one in four or a single one."""
    if "n_kv_heads" in lattice:
        return [shared for shared in lattice["n_kv_heads"] if n_heads % shared == 0]
    return [1] if family == "palm" else [n_heads // 4] * (n_heads % 4 == 0)


def shapes(family: str, lattice: dict[str, Any]) -> list[dict[str, int]]:
    """Every shape of a small lattice, by brute force."""
    found = []
    for n_layers, d_model, d_head in product(lattice["n_layers"], lattice["d_model"], lattice["d_head"]):
        if d_model % d_head or d_model % lattice["multiple_of"]:
            continue
        n_heads = d_model // d_head
        experts = [{}]
        if family == "mixtral":
            pairs = product(lattice["n_experts"], lattice["n_active_experts"])
            experts = [{"n_experts": n, "n_active_experts": a} for n, a in pairs if a <= n]
        for d_ff, shared, more in product(
            widths(family, d_model, lattice), sharings(family, n_heads, lattice), experts
        ):
            shape = {"n_layers": n_layers, "d_model": d_model, "n_heads": n_heads, "n_kv_heads": shared}
            found.append({**shape, "d_head": d_head, "d_ff": d_ff, "n_vocab": lattice["n_vocab"], **more})
    return found


def spans(most: int, longest: int) -> st.SearchStrategy[range]:
    return st.tuples(st.integers(1, most), st.integers(0, longest)).map(lambda t: range(t[0], t[0] + t[1] + 1))


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, min_size=1, max_size=2, unique=True)


@st.composite
def lattices(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A family and a small lattice for it; feed-forward and shared heads as requested or as in the model."""
    family = draw(st.sampled_from(sorted(LIKE)))
    lattice: dict[str, Any] = {
        "n_layers": draw(spans(10, 4)),
        "d_model": draw(spans(60, 120)),
        "d_head": draw(some(st.integers(1, 12))),
        "n_vocab": draw(st.integers(1, 300)),
        "multiple_of": draw(st.sampled_from([1, 1, 2, 8])),
    }
    match draw(st.integers(0, 3)):
        case 0:
            lattice["d_ff"] = draw(spans(200, 30))
        case 1:
            lattice["d_ff"] = draw(some(st.integers(1, 200)))
        case 2:
            lattice["d_ff_ratio"] = draw(some(st.sampled_from([Fraction(4), Fraction(8, 3), Fraction(1, 2)])))
    if draw(st.booleans()):
        lattice["n_kv_heads"] = draw(spans(6, 3) | some(st.integers(1, 6)))
    if family == "mixtral":
        lattice["n_experts"] = draw(spans(6, 4))
        lattice["n_active_experts"] = draw(spans(lattice["n_experts"][0], 3))
    return family, lattice


def asked(family: str, lattice: dict[str, Any], **options: Any) -> Solution:
    given = {key: f"{value[0]}:{value[-1]}" if isinstance(value, range) else value for key, value in lattice.items()}
    return solve(like=LIKE[family], **given, **options)


def counted(family: str, shape: dict[str, int], reading: str = "total") -> int:
    count = FAMILIES[family].build(**shape, tied=LIKE[family].startswith("palm")).read(reading)
    assert isinstance(count, int)
    return count


@pytest.mark.thorough
@settings(max_examples=300)
@given(lattices(), st.data(), st.sampled_from(["total", "non-embedding", "active"]))
def test_the_closest_shape_is_never_beaten_by_brute_force(drawn, data, reading):
    """For any count. Nor is the nearest miss if nothing lies within the tolerance, and all shapes are covered."""
    family, lattice = drawn
    reading = reading if family == "mixtral" or reading != "active" else "total"
    every = shapes(family, lattice)
    counts = [counted(family, shape, reading) for shape in every]
    near = data.draw(st.sampled_from(counts or [1000])) * data.draw(st.integers(30, 300)) // 100 or 1
    options = {"rank": "closest", "active": reading == "active", "non_embedding": reading == "non-embedding"}
    if not every:
        with pytest.raises(InputError, match="valid"):
            asked(family, lattice, params=near, **options)
        return
    solution = asked(family, lattice, params=near, **options)
    best = min(abs(count - near) for count in counts)
    within = 10 * best <= near
    winner = solution.candidates[0] if within else solution.nearest_miss
    assert bool(solution.candidates) == within
    assert winner is not None
    assert abs(getattr(winner, solution.budget_counts) - near) == best
    assert solution.shapes_covered == len(every)
    assert {field: size for field, size in winner.sizes.items() if field != "tied"} in every


@pytest.mark.thorough
@settings(max_examples=150)
@given(lattices(), st.data())
def test_exactly_finds_precisely_the_shapes_that_brute_force_finds(drawn, data):
    """Except that of head sizes with the same count it names only one."""
    family, lattice = drawn
    every = shapes(family, lattice)
    if not every:
        return
    budget = counted(family, data.draw(st.sampled_from(every)))
    solution = asked(family, lattice, params=budget, exactly=True)

    def but_for_heads(sizes: dict[str, int]) -> tuple[int, ...]:
        rest = (size for field, size in sizes.items() if field not in ("n_heads", "n_kv_heads", "d_head", "tied"))
        return (sizes["n_kv_heads"] * sizes["d_head"], *rest)

    found = [but_for_heads(candidate.sizes) for candidate in solution.candidates]
    assert set(found) == {but_for_heads(shape) for shape in every if counted(family, shape) == budget}
    assert len(set(found)) == len(found)


@st.composite
def random_shapes(draw: st.DrawFn, family: str) -> dict[str, int]:
    """Any sizes of a family, attention as wide as the model, heads sharing keys evenly."""
    sizes = {field: draw(st.integers(1, 3000)) for field in FAMILIES[family].sizes}
    sizes |= {"n_layers": draw(st.integers(1, 200)), "d_head": draw(st.integers(1, 200))}
    shared, group = draw(st.integers(1, 20)), draw(st.integers(1, 8))
    sizes |= {"n_heads": shared * group, "d_model": shared * group * sizes["d_head"]}
    if "n_kv_heads" in sizes:
        sizes["n_kv_heads"] = shared
    if "n_experts" in sizes:
        sizes["n_active_experts"] = draw(st.integers(1, 16))
        sizes["n_experts"] = draw(st.integers(sizes["n_active_experts"], 64))
    return sizes


def switches_of(name: str) -> dict[str, bool]:
    spec = find(name)
    return {switch: spec.sizes[switch] for switch in spec.family.switches}


@pytest.mark.thorough
@pytest.mark.parametrize(("family", "free"), FREE)
@settings(max_examples=15)
@given(data=st.data())
def test_the_shape_is_found_from_its_count_whichever_size_is_open(family, free, data):
    """The count increases with each, so there is one answer; with active experts, the active count does."""
    name = next(s.name for s in of_tables() if s.family.name == family and s.sizes["d_model"] % s.sizes["n_heads"] == 0)
    shape = data.draw(random_shapes(family))
    reading = "active" if free == "n_active_experts" else "total"
    budget = FAMILIES[family].build(**shape, **switches_of(name)).read(reading)
    fixed: dict[str, Any] = {field: size for field, size in shape.items() if field != free}
    if free == "d_model":
        del fixed["n_heads"]  # which follows it
    elif free == "n_kv_heads":
        fixed[free] = f"1:{shape['n_heads']}"
    elif free not in ("n_layers", "n_heads"):
        fixed[free] = "1:"
    solution = solve(budget, like=name, tolerance=0, active=reading == "active", **fixed)
    assert [candidate.sizes for candidate in solution.candidates] == [{**shape, **switches_of(name)}]


@pytest.mark.parametrize("family", ["llama", "mixtral"])
@settings(max_examples=40)
@given(data=st.data())
def test_a_random_shapes_count_is_met_within_the_tolerance(family, data):
    """By shapes with its vocabulary and heads, but any depth, width and feed-forward."""
    shape = data.draw(random_shapes(family))
    budget = FAMILIES[family].build(**shape, tied=False).total()
    given = {field: shape[field] for field in shape if field not in ("n_layers", "d_model", "n_heads", "d_ff")}
    ratio = Fraction(shape["d_ff"], shape["d_model"])
    solution = solve(budget, like=LIKE[family], d_ff_ratio=ratio, aspect="1/1000:100000", tolerance="1%", **given)
    assert solution.candidates
    for candidate in solution.candidates:
        assert FAMILIES[family].build(**candidate.sizes).total() == candidate.total
        assert 100 * abs(candidate.total - budget) <= budget


@pytest.mark.parametrize("name", [spec.name for spec in of_tables()])
def test_every_model_of_a_table_is_the_first_shape_like_itself(name):
    spec = find(name)
    first = solve(spec.model().total(), like=name).candidates[0]
    assert first.sizes == spec.sizes
    assert (first.error, first.active) == (0.0, spec.model().active())


@pytest.mark.parametrize("name", ["llama-7b", "llama-65b", "mistral-7b", "mixtral-8x7b", "bloom-176b", "opt-66b"])
@pytest.mark.parametrize("factor", [1, 3, 10, 100])
def test_shapes_like_a_model_have_its_proportions(name, factor):
    spec = find(name)
    model, sizes = spec.model(), spec.sizes
    solution = solve(factor * model.total(), like=name)
    assert solution.candidates
    for candidate in solution.candidates:
        found = candidate.sizes
        assert 10 * abs(candidate.total - solution.budget) <= solution.budget
        assert abs(found["d_ff"] - Fraction(sizes["d_ff"], sizes["d_model"]) * found["d_model"]) <= 128
        assert 0.75 <= candidate.aspect / (sizes["d_model"] / sizes["n_layers"]) <= 1.25
        if "n_kv_heads" in sizes:
            assert found["n_heads"] * sizes["n_kv_heads"] == found["n_kv_heads"] * sizes["n_heads"]
        for field in sizes.keys() - {"n_layers", "d_model", "n_heads", "n_kv_heads", "d_ff"}:
            assert found[field] == sizes[field]


def test_llamas_feed_forward_widths_follow_from_any_one_of_them():
    """All are 8/3·d_model rounded to multiples of 256."""
    llamas = [find(f"llama-{size}") for size in ("7b", "13b", "33b", "65b")]
    for one, other in product(llamas, llamas):
        assert by_model(one.name).widths["d_ff"].of(other.sizes["d_model"]) == other.sizes["d_ff"]


def test_multi_query_attention_keeps_its_one_key_and_value():
    solution = solve("200B", like="palm-62b")
    assert {candidate.n_kv_heads for candidate in solution.candidates} == {1}
    assert len({candidate.n_heads for candidate in solution.candidates}) > 1


def test_heads_of_several_sizes_are_told_apart_where_keys_are_shared_by_all():
    """One key of 128 is not one of 256, so neither size stands for the other."""
    for candidate in solve("30B", like="palm-8b", d_head="128,256").candidates:
        assert FAMILIES["palm"].build(**candidate.sizes).total() == candidate.total
        assert candidate.n_heads * candidate.d_head == candidate.d_model


def test_the_number_of_shared_heads_can_be_given():
    solution = solve("70B", like="mistral-7b", n_kv_heads=8)
    assert solution.candidates[0].n_heads > 32
    assert all(candidate.n_kv_heads == 8 and candidate.n_heads % 8 == 0 for candidate in solution.candidates)


def test_experts_can_be_given_and_the_budget_be_for_those_that_a_token_meets():
    solution = solve("20B", like="mixtral-8x7b", n_experts=16, active=True)
    for candidate in solution.candidates:
        model = FAMILIES["mixtral"].build(**candidate.sizes)
        assert (candidate.active, candidate.total) == (model.active(), model.total())
        assert 10 * abs(candidate.active - solution.budget) <= solution.budget
        assert (candidate.n_experts, candidate.n_active_experts) == (16, 2)


def test_tp_divides_rounded_feed_forward_widths_too():
    for candidate in solve("70B", like="llama-7b", tp=24, d_head=64).candidates:
        assert not any(candidate.sizes[field] % 24 for field in ("n_heads", "d_model", "d_ff", "n_vocab"))


def test_powers_of_two_leave_the_feed_forward_its_proportion():
    candidates = solve("7B", like="llama-7b", powers_of_two=True).candidates
    assert [(c.n_layers, c.d_model, c.d_ff) for c in candidates] == [(32, 4096, 11008)]


def test_a_width_given_as_a_range_is_tidy_where_it_can_be():
    first = solve("30B", like="llama-7b", n_layers=60, d_ff="10000:").candidates[0]
    assert first.d_ff % 512 == 0


@pytest.mark.parametrize("name", OF_EACH_FAMILY.values())
def test_the_printed_command_counts_the_same(name):
    for candidate in solve(2 * find(name).model().total(), like=name, tolerance=1).candidates:
        family, *settings = shlex.split(candidate.command.replace("--set ", ""))[1:]
        assert resolve(family, settings).model().total() == candidate.total


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"n_ctx": 2048}, "n_ctx: not a hyperparameter of llama; valid: n_layers, "),
        ({"n_layer": 3}, "n_layer: not a hyperparameter of llama; valid: n_layers, "),
        ({"n_experts": 8}, "n_experts: not a hyperparameter of llama"),
        ({"like": "bert-base", "tied": False}, "tied: not a hyperparameter of bert"),
        ({"like": None, "n_kv_heads": 8}, "n_kv_heads: not a hyperparameter of gpt"),
        ({"active": True}, "--active: llama is not a mixture of experts.*valid: --like mixtral"),
        ({"active": True, "non_embedding": True}, "--active with --non-embedding.*valid: one of the two"),
        ({"d_ff": 4096, "d_ff_ratio": 4}, "d_ff = 4096 with d_ff_ratio = 4.*valid: one of the two"),
        ({"d_ff": 1000, "tp": 16}, "d_ff = 1000: not a multiple of 16.*valid: 992, 1008"),
        ({"n_heads": 6}, "n_heads = 6: not a multiple of 4 .n_kv_heads = n_heads/4.; valid: 4, 8"),
        ({"n_heads": 32, "n_kv_heads": 5}, "n_heads = 32: not a multiple of 5 .n_kv_heads = 5.; valid: 30, 35"),
        ({"n_kv_heads": "3:"}, "n_kv_heads = 3:.*too many values"),
        (
            {"d_model": 4224},
            "d_model = 4224: not a multiple of 512 .for heads .* in groups of 4.; valid: 4096, 4608",
        ),
        ({"d_model": "4097:4600"}, "no shape meets all of this.*multiples of 512.*multiples of 4 for n_heads"),
        ({"d_head": "1:300", "n_kv_heads": "1:300"}, "300 of d_head, 300 of n_kv_heads make 90,000.*at most 20,000"),
        ({"like": "mixtral-8x7b", "n_experts": 1}, "n_active_experts = 2: more than n_experts = 1; valid: at most 1"),
    ],
    ids=str,
)
def test_wrong_requests_say_what_is_wrong_and_what_would_be_valid(options, line):
    with pytest.raises(InputError, match=line) as caught:
        solve(**{"params": "7B", "like": "mistral-7b", **options})
    assert "valid" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.thorough
def test_a_released_config_is_solved_for_in_the_family_that_counts_it():
    """Or refused by name if none does."""
    solved = []
    untried = {"llama-3.1-405b", "smollm2-135m"}  # of 126 and 30 layers, depths that are not tried
    for name in released().keys() - untried:
        model = find(name).model()
        with suppress(InputError):
            first = solve(model.total(), like=name).candidates[0]
            assert (first.error, first.active, first.non_embedding) == (0.0, model.active(), model.non_embedding())
            solved.append(name)
    assert "llama-3.1-8b" in solved


def test_llama_3_is_a_llama_with_its_keys_in_groups():
    solution = solve("70B", like="llama-3.1-8b")
    assert solution.family == "llama"
    assert all(c.n_heads == 4 * c.n_kv_heads and not c.tied for c in solution.candidates)


def test_a_config_that_no_family_counts_is_scaled_by_its_own_body():
    solution = solve("3B", like="qwen2.5-7b")
    first = solution.candidates[0]
    assert solution.family == "qwen2"
    assert first.sizes["n_heads"] == 7 * first.sizes["n_kv_heads"]
    shape = load("qwen2.5-7b", **solution.design.changes(first.sizes))
    assert shape.total() == first.total
    assert first.command.startswith("paramcount qwen2.5-7b --set ")


def test_what_is_kept_is_said():
    notes = "\n".join(solve("47B", like="mixtral-8x7b").notes)
    for kept in (
        "n_experts = 8",
        "n_active_experts = 2",
        "n_kv_heads = n_heads/4",
        "d_ff = 7/2·d_model rounded to a multiple",
    ):
        assert kept in notes


def test_too_small_a_budget_names_the_tables_that_do_not_fit():
    missed = solve("1M", like="llama-7b")
    assert "n_vocab = 32000 alone takes 8,192,000 at d_model = 128; allow a smaller --n-vocab or --d-head" in (
        missed.stopped_by
    )


def test_a_candidate_names_the_sizes_it_has():
    first = solve("6.7B", like="llama-7b").candidates[0]
    assert (first.n_kv_heads, first.tied) == (32, False)
    with pytest.raises(AttributeError, match="n_ctx: a candidate has n_layers, d_model"):
        _ = first.n_ctx


def test_a_mixture_is_listed_with_its_total_and_its_active_parameters(run):
    arguments = ["solve", "--params", "47B", "--like", "mixtral-8x7b"]
    heading = next(line for line in run(*arguments).stdout.splitlines() if line.startswith("n_layers"))
    assert heading.split()[6:8] == ["total", "active"]
    answer = json.loads(run(*arguments, "--json").stdout)
    first = answer["candidates"][0]
    assert (first["total"], first["active"], first["n_kv_heads"]) == (46_702_792_704, 12_879_925_248, 8)
    assert answer["budget_counts"] == "total"


def test_an_active_budget_is_listed_first(run):
    ran = run("solve", "--params", "13B", "--active", "--like", "mixtral-8x7b", "--n-active-experts", "2")
    heading = next(line for line in ran.stdout.splitlines() if line.startswith("n_layers"))
    assert heading.split()[6:8] == ["active", "total"]
    assert "active parameters within 10 % of the budget" in ran.stdout


def test_sizes_that_vary_are_listed(run):
    ran = run("solve", "--params", "47B", "--like", "mixtral-8x7b", "--n-experts", "4:16", "--n-kv-heads", "8")
    heading = next(line for line in ran.stdout.splitlines() if line.startswith("n_layers"))
    assert "n_experts" in heading
    assert "n_active_experts" not in heading
    assert "n_experts 4 to 16" in ran.stdout
