"""What fits a device: the array search against every layout one by one, and `paramcount memory` with layouts."""

import json
import time
from itertools import count, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paramcount import load
from paramcount.catalog.names import resolve
from paramcount.costs.memory.asked import footprint
from paramcount.costs.memory.beside import NOTHING, Beside
from paramcount.costs.memory.divided import checked, pieces
from paramcount.costs.memory.fits import fits
from paramcount.costs.memory.layout import Rank, settled
from paramcount.costs.memory.per_device import per_device
from paramcount.costs.memory.placed import laid
from paramcount.costs.memory.recipes import recipe, recipes
from paramcount.costs.memory.search import Asked, _bound, _counted, fewest, shapes_of
from paramcount.costs.memory.sharding import held, totals
from paramcount.costs.run import Run
from paramcount.errors import InputError

np = pytest.importorskip("numpy")
BUSY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SMALL = ["n_layers=4", "d_model=24", "n_heads=4", "n_kv_heads=2", "d_head=6", "d_ff=52", "n_vocab=101"]


def small():
    return resolve("mixtral-8x7b", [*SMALL, "n_experts=6", "n_active_experts=2"])


def one_by_one(spec, by, memory, asked):
    """The fewest devices, and the least that a busiest rank holds on that many, over every layout."""
    model, found = laid(spec), []
    every = product(range(1, asked.devices + 1), range(4), (1, 2, 3, 4), (1, 2, 4), (1, 2, 3, 6))
    for devices, zero, tp, pp, ep in every:
        try:
            layout = checked(model, settled(devices, zero, tp, pp, None, ep))
            checked(model, layout)
        except InputError:
            continue
        chosen = zip((zero, tp, pp, ep), (asked.zero, asked.tp, asked.pp, asked.ep), strict=True)
        if any(wanted not in (None, own) for own, wanted in chosen):
            continue
        stages = [sum(totals(held(pieces(model, layout, Rank(s)), layout), by)) for s in range(pp)]
        if max(stages) <= memory:
            found.append((devices, max(stages)))
    return min(found, default=None)


@given(
    memory=st.integers(20_000, 2_000_000), name=st.sampled_from(sorted(recipes())), devices=st.integers(1, 14),
    tp=st.sampled_from([None, 1, 2]), zero=st.sampled_from([None, 0, 1, 2, 3]), ep=st.sampled_from([None, 1, 3]),
)  # fmt: skip
@BUSY
def test_the_search_finds_what_every_layout_one_by_one_does(memory, name, devices, tp, zero, ep):
    spec, by, asked = small(), recipe(name), Asked(devices=devices, zero=zero, tp=tp, ep=ep)
    found = fewest(laid(spec), by, memory, asked, lambda tp, pp: NOTHING)
    expected = one_by_one(spec, by, memory, asked)
    assert (found and (found.layout.devices, found.bytes)) == expected


@given(
    zero=st.integers(0, 3), tp=st.sampled_from([1, 2]), pp=st.sampled_from([1, 2, 4]), ep=st.sampled_from([1, 2, 3]),
    more=st.integers(1, 9), name=st.sampled_from(sorted(recipes())),
)  # fmt: skip
@BUSY
def test_arrays_never_exceed_what_whole_numbers_count(zero, tp, pp, ep, more, name):
    model, by, dps = laid(small()), recipe(name), np.array([ep * more], dtype=float)
    asked = Asked(tp=tp, pp=pp, ep=ep)
    (shape,) = shapes_of(model, asked, 10_000, lambda tp, pp: NOTHING)
    (bound,), exact = _bound(shape, zero, dps, by), _counted(shape, zero, ep * more, by)[2]
    assert bound == exact if by.block is None else bound <= exact


@given(memory=st.integers(60_000, 400_000), rest=st.integers(0, 100_000))
@BUSY
def test_what_was_found_is_the_busiest_rank_in_whole_numbers(memory, rest):
    spec, by = resolve("llama-7b", SMALL), recipe("mixed-adam")
    found = fewest(laid(spec), by, memory, Asked(devices=200), lambda tp, pp: Beside(rest, rest))
    if found is None:
        return
    whole = footprint(spec, Run(1, 8), "training", {})
    again = per_device(spec, whole, found.layout, {})
    assert found.bytes == again.footprint.stated - (again.footprint.activations or 0) + rest <= memory
    assert found.rank == again.rank


def test_a_million_layouts_take_seconds():
    model, started = laid(resolve("gpt3-175b")), time.perf_counter()
    found = fewest(model, recipe("mixed-adam"), 80 * 10**9, Asked(), lambda tp, pp: NOTHING)
    assert time.perf_counter() - started < 10
    assert found.searched > 10**6
    assert found.layout.devices == 35  # 16 bytes of 174,604,259,328 parameters are 34.9 devices' memory
    assert found.bytes <= 80 * 10**9


def test_figures_are_whole_at_any_size():
    spec = resolve("gpt3-175b", ["d_model=1000000000000", "n_heads=1000000", "d_head=1000000"])
    layout = settled(64, 3, tp=8)
    held_by_one = per_device(spec, footprint(spec, Run(1, 8), "training", {}), layout, {}).footprint
    assert held_by_one.stated > 10**25
    assert isinstance(held_by_one.weights, int)


def test_absurd_layouts_take_no_time():
    spec, started = resolve("gpt3-175b", ["n_layers=1000000007000000"]), time.perf_counter()
    whole = footprint(spec, Run(1, 8), "training", {})
    assert per_device(spec, whole, settled(pp=1_000_000), {}).footprint.stated > 10**15
    with pytest.raises(InputError, match="valid: 1, 1000000007000"):
        per_device(spec, whole, settled(pp=999_999_937_000), {})
    assert time.perf_counter() - started < 2


def answers(name, purpose, memory, asked=None, run=None, given=None):
    spec = resolve(name)
    return {one.name: one for one in fits(spec, run or Run(1, 1024), purpose, given or {}, memory, asked or Asked())}


@pytest.mark.parametrize(
    ("name", "given"),
    [("gpt2-small", {}), ("gpt3-xl", {}), ("gpt2-small", {"recipe": "sgd", "accumulate": 4}),
     ("gpt2-small", {"recipe": "adam8bit", "recompute": "full"})],
)  # fmt: skip
def test_one_sequence_or_token_more_does_not_fit_in_training(name, given):
    memory, spec = 80 * 10**9, resolve(name)

    def needed(run, layout):
        return per_device(spec, footprint(spec, run, "training", given), layout, given).peak.bytes

    found = answers(name, "training", memory, given=given)
    runs = {"largest batch": lambda number: Run(number, 1024), "largest context": lambda number: Run(1, number)}
    for best, run in ((found[what], run) for what, run in runs.items()):
        assert needed(run(best.value), best.layout) == best.bytes <= memory
        assert needed(run(best.value + 1), best.layout) > memory
    fewest_ones = found["fewest devices"]
    assert needed(Run(1, 1024), fewest_ones.layout) == fewest_ones.bytes


@pytest.mark.parametrize("devices", [1, 2, 4])
def test_one_sequence_or_token_more_does_not_fit_in_inference(devices):
    memory, spec = 24 * 10**9, resolve("llama-3-8b")
    found = answers("llama-3-8b", "inference", memory, Asked(devices=devices))
    for best, run, more in (
        (found["largest batch"], Run(found["largest batch"].value, 1024), Run(found["largest batch"].value + 1, 1024)),
        (found["largest context"], Run(1, found["largest context"].value), Run(1, found["largest context"].value + 1)),
    ):
        assert best.layout.devices == devices
        taken = per_device(spec, footprint(spec, run, "inference", {}), best.layout, {}).footprint.total
        assert taken == best.bytes <= memory
        beyond = per_device(spec, footprint(spec, more, "inference", {}), best.layout, {}).footprint.total
        assert beyond > memory


def test_the_largest_batch_is_that_of_all_copies_together():
    memory, spec = 24 * 10**9, resolve("llama-3-8b")

    def taken(batch, layout):
        return per_device(spec, footprint(spec, Run(batch, 1024), "inference", {}), layout, {}).footprint.total

    best = 0
    for tp, pp in ((1, 1), (1, 2), (2, 1), (1, 4), (2, 2), (4, 1)):
        layout = settled(4, tp=tp, pp=pp)
        batch = next(batch for batch in count() if taken(batch + 1, layout) > memory)
        best = max(best, batch * layout.dp)
    found = answers("llama-3-8b", "inference", memory, Asked(devices=4))["largest batch"]
    assert found.value * found.layout.dp == best


def test_scales_of_four_bits_are_divided_with_their_groups():
    """A row's 4,096 or 14,336 inputs are whole groups of 128 on each of two devices; norms are on both."""
    spec, given = resolve("llama-3-8b"), {"dtype": "int4"}
    whole = footprint(spec, Run(1, 8), "inference", given)
    one = per_device(spec, whole, settled(tp=2), given).footprint
    assert 2 * one.weights == whole.weights + 2 * 65 * 4096


def test_scales_of_rows_are_on_every_device_that_has_a_part_of_the_row():
    """Each device has a part of every row of the output projections, and a row has one four-byte scale."""
    spec, given = resolve("llama-3-8b"), {"dtype": "int8"}
    whole = footprint(spec, Run(1, 8), "inference", given)
    one = per_device(spec, whole, settled(tp=2), given).footprint
    assert 2 * one.weights == whole.weights + 2 * 65 * 4096 + 32 * 2 * 4096 * 4


def test_activations_of_one_copy_are_those_of_one_device():
    spec = resolve("gpt3-xl")
    whole = footprint(spec, Run(2, 512), "training", {})
    assert per_device(spec, whole, settled(16, 3), {}).footprint.activations == whole.activations > 0
    assert per_device(spec, whole, settled(16, 3, tp=2), {}).footprint.activations is None


def test_the_peak_of_a_rank_has_the_roots_of_its_own_states():
    """With ZeRO-1 a rank has all gradients, and variances of its quarter."""
    spec, run = resolve("gpt2-small"), Run(2, 64)
    one = per_device(spec, footprint(spec, run, "training", {}), settled(4, 1), {})
    quarter = -(-spec.model().total() // 8) * 2
    step = one.peak.moments[2]
    assert step.parts["roots"] == 4 * quarter
    assert step.bytes == one.footprint.stated - one.footprint.activations + 4 * quarter + 2 * 64 * (16 + 2 * 50257)


@given(tp=st.sampled_from([1, 2, 4, 8]), pp=st.sampled_from([1, 2, 4]), dtype=st.sampled_from(["fp32", "bf16", "int8"]))
def test_devices_without_zero_hold_a_share_of_the_undivided(tp, pp, dtype):
    spec, run = resolve("llama-3-8b"), Run(2, 512)
    whole = footprint(spec, run, "inference", {"dtype": dtype})
    one = per_device(spec, whole, settled(tp=tp, pp=pp), {"dtype": dtype}).footprint
    assert tp * pp * one.weights >= whole.weights
    assert tp * pp * one.cache == whole.cache


def test_the_library_says_what_the_command_does(run):
    asked = ["memory", "mixtral-8x7b", "--for", "training", "--seq", "64", "--devices", "16", "--pp", "2", "--ep", "4"]
    data = json.loads(run(*asked, "--zero", "2", "--json").stdout)["per_device"]
    found = load("mixtral-8x7b").per_device("training", 64, devices=16, pp=2, ep=4, zero=2)
    assert data["layout"] == found.layout._asdict()
    assert {kind: data[kind] for kind in ("weights", "gradients", "optimizer")} == {
        kind: getattr(found.footprint, kind) for kind in ("weights", "gradients", "optimizer")
    }


def test_what_a_window_keeps_is_divided_by_heads_and_not_by_stages():
    spec, run = resolve("gemma-2-9b"), Run(2, 8192)
    whole = footprint(spec, run, "inference", {})
    assert 4 * per_device(spec, whole, settled(tp=4), {}).footprint.cache == whole.cache > 0
    assert per_device(spec, whole, settled(pp=2), {}).footprint.cache is None
    found = answers("gemma-2-9b", "inference", 80 * 10**9, run=run)["largest context"]
    for seq, holds in ((found.value, True), (found.value + 1, False)):
        assert (footprint(spec, Run(2, seq), "inference", {}).total <= 80 * 10**9) is holds


# The command


def test_the_json_of_a_device(run):
    asked = ["memory", "gpt3-175b", "--for", "training", "--devices", "64", "--zero", "3", "--tp", "8"]
    data = json.loads(run(*asked, "--json").stdout)
    device = data["per_device"]
    kinds = ["weights", "gradients", "optimizer", "activations", "cache", "total"]
    assert list(device) == [*kinds, "peak", "rank", "busiest", "layout"]
    assert device["layout"] == {"devices": 64, "zero": 3, "tp": 8, "pp": 1, "dp": 8, "ep": 1}
    assert device["rank"] == 0
    assert (device["activations"], device["total"]) == (None, None)
    assert device["weights"] * 6 == device["optimizer"]
    fit = json.loads(run(*asked, "--gpu", "h100-sxm", "--json").stdout)["per_device"]
    assert fit["left"] == 80 * 10**9 - sum(device[kind] for kind in kinds[:3])


def test_the_json_of_what_fits(run):
    asked = ["memory", "gpt2-small", "--for", "training", "--gpu", "h100-sxm", "--fits", "--json"]
    found = json.loads(run(*asked).stdout)["fits"]
    assert [one["name"] for one in found] == [
        *("fewest devices, without activations", "fewest devices", "largest batch", "largest context"),
    ]
    assert list(found[0]) == ["name", "value", "bytes", "note", "rank", "busiest", "layout"]
    assert all(type(one["value"]) is int and one["bytes"] <= 80 * 10**9 for one in found)


def test_nothing_that_fits_is_exit_1(run):
    ran = run("memory", "gpt3-175b", "--for", "training", "--gpu", "h100-sxm", "--fits", "--devices", "8")
    assert ran.exit_code == 1
    assert "none of up to 8 devices" in ran.stdout


def test_every_format_says_the_device(run):
    asked = ["memory", "llama-3-8b", "--tp", "2", "--pp", "2"]
    weights = json.loads(run(*asked, "--json").stdout)["per_device"]["weights"]
    for form in ("table", "md", "tex"):
        assert f"{weights:,}" in run(*asked, "--format", form).stdout.replace(r"\,", ",").replace("{,}", ",")
    assert f"weights,{weights}," in run(*asked, "--format", "csv").stdout


def test_a_gguf_file_is_not_divided(run):
    ran = run("memory", "llama-3-8b", "--dtype", "gguf:Q4_K_M", "--tp", "2")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "how GGUF is divided is not known" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tp", "5"], "valid: 4, 6"),
        (["--devices", "10", "--tp", "4"], "valid: 8, 12"),
        (["--zero", "3", "--dp", "2"], "zero = 3: only for training"),
        (["--for", "training", "--lora", "r=4,targets=c_attn", "--dp", "2"], "how adapters are divided"),
        (["--set", "n_heads=5", "--set", "d_head=3", "--tp", "5"], "does not divide 4·d_model = 3072; valid: 1"),
        (["--fits"], "--gpu"),
        (["--fits", "--gpu", "h100-sxm", "--tp", "5"], "valid: 4, 6"),
        (["--fits", "--gpu", "h100-sxm", "--tp", "4", "--devices", "2"], "valid: --devices 4 or more"),
        (["--devices", "0"], "devices"),
        (["--zero", "4"], "zero"),
        (["--tp", "many"], "many"),
        (["gpt2-xl", "--tp", "2"], "valid: one MODEL"),
        (["--devics", "2"], "--devics"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(run, arguments, said):
    ran = run("memory", "gpt2-small", *arguments)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert said in ran.stderr
