"""Sweeps over arrays find what exact counting finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramcount.catalog.families import FAMILIES
from paramcount.errors import InputError
from paramcount.solver import solve
from paramcount.solver.sweep import sweep

SIZES = {"d_head": 64, "n_vocab": 50257, "n_ctx": 2048}


@pytest.mark.thorough
@given(st.integers(1, 10**13), st.integers(1, 30), st.integers(1, 10))
def test_the_best_are_those_of_exact_counting(budget, layers, top):
    widths = 64 * np.arange(1, 40)
    found = sweep(budget, top=top, n_layers=np.arange(1, layers + 1)[:, None], d_model=widths, **SIZES)
    every = [
        FAMILIES["gpt"].build(n_layers=n, d_model=d, n_heads=d // 64, d_ff=4 * d, tied=True, **SIZES).total()
        for n in range(1, layers + 1)
        for d in map(int, widths)
    ]
    assert found.shapes_covered == len(every)
    assert [abs(s.total - budget) for s in found.best] == sorted(abs(total - budget) for total in every)[:top]


def test_counts_beyond_64_bits_are_exact():
    """int64 would have overflowed silently."""
    budget = 10**24
    best = sweep(budget, n_layers=np.arange(1, 1025)[:, None], d_model=2**20 * np.arange(1, 2**12), **SIZES).best[0]
    assert best.total > 2**63
    assert best.total == FAMILIES["gpt"].build(**best.sizes).total()


def test_a_sweep_and_a_solution_agree():
    best = sweep("7B", n_layers=np.arange(1, 200)[:, None], d_model=64 * np.arange(1, 400), **SIZES).best[0]
    first = solve("7B", n_layers="1:199", d_model="64:25536", d_head=64, rank="closest").candidates[0]
    assert (best.total, best.sizes["n_layers"], best.error) == (first.total, first.n_layers, first.error)


def test_shapes_without_whole_heads_are_left_out():
    found = sweep("1B", n_layers=12, d_model=np.array([700, 768, 800]), **SIZES)
    assert found.shapes_covered == 1
    assert [s.sizes["d_model"] for s in found.best] == [768]


def test_equal_counts_are_all_found():
    found = sweep("1B", top=1, n_layers=12, d_model=np.full(5, 768), **SIZES)
    assert found.shapes_covered == 5
    assert len(found.best) == 1


def test_any_family_can_be_swept():
    widths = 64 * np.arange(1, 100)
    best = sweep(
        "100M", family="attention-only", n_layers=np.arange(1, 50)[:, None], d_model=widths, d_head=64, n_vocab=50257
    )
    assert best.best[0].total == FAMILIES["attention-only"].build(**best.best[0].sizes).total()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"family": "gpt9"}, "not a known family"),
        ({"n_layer": 3}, "n_layer: not a hyperparameter"),
        ({"n_layers": 2.5}, "whole numbers"),
        ({"n_layers": [0, 1]}, "whole numbers"),
        ({"n_layers": [1, 2, 3]}, "do not broadcast"),
        ({"n_layers": [1, 2], "top": 0}, "top = 0"),
        ({}, "n_layers not given"),
        ({"n_layers": 1, "params": 0}, "zero"),
    ],
    ids=str,
)
def test_wrong_sweeps_say_what_is_wrong(options, line):
    with pytest.raises(InputError, match=line):
        sweep(**{"params": "1B", "d_model": np.array([64, 128]), **SIZES, **options})
