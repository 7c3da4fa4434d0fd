"""`solve --memory`, `--cache`, `--flops`: brute force over small grids, each figure against its own command."""

import json
import shlex
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paramcount
from paramcount.errors import InputError
from paramcount.quantity import in_bytes, parse_bytes
from paramcount.scaling.laws import fits, optimum
from paramcount.solver.asked import solve_within

LAYERS, WIDTHS = range(1, 7), range(24, 24 * 9, 24)
FIXED = {"d_head": 24, "n_vocab": 70, "n_ctx": 20}
GRID = {"n_layers": "1:6", "d_model": ",".join(map(str, WIDTHS)), **FIXED}
TRAINING = {"purpose": "training"}


def every_shape():
    """Every model of the grid, built one by one; d_ff = 4·d_model, heads of 24."""
    for n_layers in LAYERS:
        for d_model in WIDTHS:
            heads = d_model // 24
            sizes = {"n_layers": n_layers, "d_model": d_model, "n_heads": heads, "d_ff": 4 * d_model, **FIXED}
            yield (n_layers, d_model), paramcount.load("gpt", **sizes)


def needed(model, purpose="inference", **how):
    """What has to fit a device, by the library's own count."""
    from paramcount.costs.memory.asked import peak_of

    found = model.memory(purpose, **how)
    moments = peak_of(model.spec, found, how)
    return moments.bytes if moments else found.stated


SHAPES = dict(every_shape())


@pytest.mark.parametrize(
    ("limits", "how"),
    [
        ({"memory": 400_000}, {"dtype": "bf16"}),
        ({"memory": 300_001}, {"dtype": "int4"}),
        ({"memory": 333_333}, {"dtype": "int8"}),
        ({"memory": 3_000_000, **TRAINING}, {"recipe": "mixed-adam"}),
        ({"memory": 2_000_000, **TRAINING}, {"recipe": "adam8bit"}),
        ({"memory": 2_500_000, **TRAINING}, {"recipe": "sgd-momentum"}),
        ({"cache": 30_000}, {}),
        ({"cache": 12_000, "memory": 400_000}, {"dtype": "bf16"}),
        ({"cache": 20_000, "memory": 250_000}, {"dtype": "int4"}),
    ],
    ids=str,
)
def test_brute_force_finds_no_shape_that_uses_more(limits, how):
    """For each depth the widest shape within every budget is found, if it leaves at most a tenth of one."""
    found = solve_within(**limits, **how, **GRID, top=10_000, rank="closest")
    purpose = limits.get("purpose", "inference")
    used = {}
    for place, model in SHAPES.items():
        taken = {"memory": needed(model, purpose, **how), "cache": model.cache().total_bytes}
        shares = {name: Fraction(taken[name], limits[name]) for name in ("memory", "cache") if name in limits}
        if max(shares.values()) <= 1:
            used[place] = shares
    admitted = {place for place, shares in used.items() if max(shares.values()) >= Fraction(9, 10)}
    shown = {(c.n_layers, c.d_model): taken for c, taken in zip(found.solution.candidates, found.taken, strict=True)}
    assert admitted
    assert shown.keys() <= admitted
    for n_layers in LAYERS:
        widest = max((d_model for layers, d_model in used if layers == n_layers), default=0)
        assert ((n_layers, widest) in admitted) == ((n_layers, widest) in shown)
    for place, taken in shown.items():
        assert dict(taken.used) == {name: float(share) for name, share in used[place].items()}
        assert used[place][taken.binds] == max(used[place].values())


@pytest.mark.parametrize("memory", [1, 10**9, 10**30], ids=["law binds", "both", "memory is plenty"])
def test_a_law_and_memory_together(memory):
    """The law's size if it fits, otherwise the largest shapes that do, trained on what the compute leaves."""
    flops, law = 10**20, "refit-2024"
    best = optimum(law, flops)[0]
    memory = round(2 * best * {1: 3, 10**9: 1, 10**30: 1e6}[memory])
    found = solve_within(memory=memory, flops=flops, law=law, top=5)
    for candidate, taken in zip(found.solution.candidates, found.taken, strict=True):
        assert taken.memory <= memory
        assert taken.training.flops_6nd == 6 * candidate.total * taken.training.tokens
        assert taken.training.flops_6nd <= flops < 6 * candidate.total * (taken.training.tokens + 1)
        shares = {"memory": taken.memory / memory, "compute": candidate.total / best}
        assert max(taken.used, key=taken.used.get) == taken.binds == max(shares, key=shares.get)
        assert 0.9 <= max(shares.values()) <= 1.1


def test_the_budget_that_binds_changes_where_it_should():
    tight, loose = (solve_within(memory=m, flops="1e22", law="chinchilla-3", top=3) for m in ("2GB", "200GB"))
    assert (tight.binds, loose.binds) == ("memory", "compute")
    assert all(one.training.tokens > two.training.tokens for one, two in zip(tight.taken, loose.taken, strict=True))
    both = {name: solve_within(memory="40GB", cache=cache, seq=4096, top=1).binds for name, cache in
            (("memory", "40GB"), ("cache", "200MB"))}  # fmt: skip
    assert both == {"memory": "memory", "cache": "cache"}


def asked(run, *options):
    return json.loads(run("solve", *options, "--json").stdout)


def shown(run, verb, command, *options):
    return json.loads(run(verb, *shlex.split(command)[1:], *options, "--json").stdout)


def test_each_figure_is_that_of_its_own_command(run):
    options = ["--memory", "80GB", "--dtype", "int4", "--flops", "1e23", "--law", "kaplan", "--seq", "2048"]
    found = asked(run, *options, "--gpu", "h100-sxm", "--devices", "64", "--mfu", "40%", "--price", "2", "--top", "2")
    for candidate in found["candidates"]:
        line = candidate["command"]
        assert shown(run, "memory", line, "--dtype", "int4")["total"] == candidate["memory_bytes"]
        assert shown(run, "cache", line, "--seq", "2048")["total_bytes"] == candidate["cache_bytes"]
        train = ["--gpu", "h100-sxm", "--devices", "64", "--mfu", "40%", "--price", "2"]
        money = json.loads(run("train", "--flops", str(candidate["flops_6nd"]), *train, "--json").stdout)
        assert {name: candidate[name] for name in ("days", "device_hours", "cost_usd")} == pytest.approx(
            {name: money[name] for name in ("days", "device_hours", "cost_usd")}
        )
        spent = shown(run, "train", line, "--tokens", str(candidate["tokens"]), "--seq", "2048")
        assert spent["flops"]["exact"] == candidate["flops_exact"]
        law = json.loads(
            run("scaling", "--params", str(candidate["non_embedding"]), "--tokens", str(candidate["tokens"]),
                "--law", "kaplan", "--json").stdout
        )  # fmt: skip
        assert f"{candidate['loss']}" in json.dumps(law)


def test_a_training_step_is_at_its_peak(run):
    found = asked(run, "--memory", "24GB", "--for", "training", "--recipe", "fp32-adam", "--top", "2")
    for candidate in found["candidates"]:
        own = shown(run, "memory", candidate["command"], "--for", "training", "--recipe", "fp32-adam")
        assert own["peak"]["bytes"] == candidate["memory_bytes"] <= 24 * 10**9
    assert found["binds"] == "memory"
    assert found["budgets"] == {"memory_bytes": 24 * 10**9, "cache_bytes": None, "flops": None}


def test_activations_that_are_not_stated_are_left_out_and_it_says_so(run):
    found = asked(run, "--memory", "24GB", "--for", "training", "--like", "gemma-2-2b", "--top", "1")["candidates"][0]
    own = shown(run, "memory", found["command"], "--for", "training")
    assert own["activations"] is None
    assert own["stated"] == found["memory_bytes"]
    assert "activations" in found["memory_not_stated"]
    said = run("solve", "--memory", "24GB", "--for", "training", "--like", "gemma-2-2b").stdout
    assert "Activations: left out" in said


# Dense (tied and not), with alternating windows, experts, latent attention, recurrence, an encoder.
LIKE = ["llama-3.2-1b", "gpt2-small", "gemma-2-2b", "mixtral-8x7b", "deepseek-v2-lite", "mamba-130m", "bert-base",
        "falcon-rw-1b", "qwen3-0.6b", "bloom-560m"]  # fmt: skip
KNOWN = [name for name in LIKE if name in paramcount.list_models()]


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("how", [{"dtype": "int4"}, {**TRAINING, "recipe": "adam8bit"}], ids=str)
def test_shapes_like_any_model_are_counted_as_they_were_found(name, how):
    """If a formula differed from the count, shapes would be left out, with a note."""
    found = solve_within(memory="30GB", like=name, seq=300, top=3, **how)
    assert found.taken
    assert not [note for note in found.solution.notes if note.startswith("Left out")]
    assert all(taken.memory <= 30 * 10**9 for taken in found.taken)


def test_layers_of_several_windows_keep_what_they_reach(run):
    found = asked(run, "--cache", "1GB", "--seq", "40000", "--like", "gemma-2-2b", "--top", "2")
    for candidate in found["candidates"]:
        own = shown(run, "cache", candidate["command"], "--seq", "40000")
        assert own["total_bytes"] == candidate["cache_bytes"] <= 10**9
        assert any("window" in kind["name"] for kind in own["kinds"])


def test_learned_positions_reach_as_far_as_the_context_that_is_asked_for():
    found = solve_within(cache="1GB", seq=10_000, top=1)
    assert found.solution.candidates[0].n_ctx == 10_000
    assert found.taken[0].cache <= 10**9


def test_tokens_without_compute_are_those_for_which_a_size_is_best():
    found = solve_within(memory="16GB", law="refit-2024", top=2)
    for candidate, taken in zip(found.solution.candidates, found.taken, strict=True):
        best = fits("refit-2024")[0].frontier.at_params(candidate.total)
        assert taken.training.tokens == round(best.tokens)


def test_a_loss_leaves_the_shapes_that_keep_it():
    every = solve_within(memory="16GB", flops="1e23", law="refit-2024", top=10)
    losses = sorted(taken.training.loss for taken in every.taken)
    kept = solve_within(memory="16GB", flops="1e23", law="refit-2024", top=10, max_loss=losses[4])
    assert [t for t in every.taken if t.training.loss <= losses[4]] == list(kept.taken)
    with pytest.raises(InputError, match="memory binds: by refit-2024 the lowest loss"):
        solve_within(memory="16GB", flops="1e23", law="refit-2024", max_loss=losses[0] - 0.01)


def test_sizes_in_bytes():
    assert parse_bytes("80GB", "memory") == 80 * 10**9
    assert parse_bytes("80 GiB", "memory") == 80 * 2**30
    assert parse_bytes("1.5TB", "memory") == 1_500_000_000_000
    assert [parse_bytes(f"1{unit}", "x") for unit in ("B", "kB", "KB", "KiB", "MB", "PiB")] == [
        1, 1000, 1000, 1024, 10**6, 2**50
    ]  # fmt: skip
    assert [in_bytes(n) for n in (1, 999, 1000, 79_840_000_000)] == ["1 B", "999 B", "1 kB", "79.84 GB"]


@given(st.integers(1, 10**9), st.sampled_from([("B", 1), ("kB", 10**3), ("MiB", 2**20), ("GB", 10**9)]))
def test_a_whole_number_of_any_unit_is_that_many(number, unit):
    assert parse_bytes(f"{number}{unit[0]}", "memory") == number * unit[1]


@settings(max_examples=12, deadline=None)
@given(st.integers(10**5, 10**12), st.integers(10**5, 10**12), st.sampled_from(["bf16", "int4", "fp8"]))
def test_no_shape_exceeds_a_budget(memory, cache, dtype):
    found = solve_within(memory=memory, cache=cache, dtype=dtype, top=3)
    for taken in found.taken:
        assert taken.memory <= memory
        assert taken.cache <= cache
        assert max(taken.used.values()) >= 0.9


def test_several_budgets_have_a_row_that_says_which_binds(run):
    said = run("solve", "--memory", "80GB", "--dtype", "int4", "--flops", "1e22", "--law", "chinchilla-3").stdout
    assert said.startswith("10 shapes for 80 GB of memory for inference and 1e+22 FLOPs, balanced first: compute binds")
    assert "  binds" in said.splitlines()[3]
    assert "80.000 GB (74.506 GiB)" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--memory", "80G"], "memory = 80G: not a size in bytes"),
        (["--memory", "80"], "memory = 80: not a size in bytes"),
        (["--memory", "80Gb"], "not a size in bytes"),
        (["--memory", "40%GB"], "not a size in bytes"),
        (["--memory", "0GB"], "zero"),
        (["--cache", "-3GB"], "not a size in bytes"),
        (["--memory", "0.3B"], "not a whole number of bytes"),
        (["--memory", "1e40GB"], "memory = 1e40GB: above 1e36"),
        (["--memory", "80GB", "--params", "7B"], "--params with --memory: can't be combined"),
        (["--memory", "80GB", "--law", "kaplam"], "law = kaplam"),
        (["--memory", "80GB", "--dtype", "int5"], "dtype = int5"),
        (["--memory", "80GB", "--dtype", "gguf:Q4_K_M"], "depends on the layers"),
        (["--memory", "80GB", "--for", "training", "--dtype", "int4"], "the recipe sets it"),
        (["--memory", "80GB", "--recipe", "mixed-adam"], "not for inference"),
        (["--memory", "80GB", "--for", "training", "--recipe", "mixed"], "recipe = mixed"),
        (["--memory", "80GB", "--price", "2"], "the device is missing"),
        (["--memory", "80GB", "--gpu", "h1000", "--devices", "2", "--days", "2", "--mfu", "40%"], "h1000"),
        (["--memory", "80GB", "--gpu", "h100-sxm", "--mfu", "40%"], "the compute is missing"),
        (["--memory", "80GB", "--gpu", "h100-sxm", "--flops", "1e22"], "its utilisation is missing"),
        (["--memory", "80GB", "--devices", "2"], "--gpu, --days, --mfu: not given"),
        (["--memory", "80GB", "--flops", "1e22", "--days", "3"], "two budgets of compute"),
        (["--memory", "80GB", "--flops", "1e22", "--devices", "3"], "no device is given"),
        (["--memory", "80GB", "--max-loss", "2"], "a loss needs a law"),
        (["--memory", "80GB", "--law", "chinchilla-1", "--max-loss", "2"], "chinchilla-1 gives no loss"),
        (["--memory", "80GB", "--exactly"], "--exactly: only for a budget in parameters"),
        (["--memory", "80GB", "--law", "kaplan", "--like", "mixtral-8x7b"], "mixture of experts"),
        (["--cache", "16GB", "--like", "llama-3.1-8b"], "the number of tokens is missing"),
        (["--cache", "16GB", "--like", "bert-base"], "bert has none"),
        (["--cache", "16GB", "--like", "t5-large", "--seq", "512"], "reads a source"),
        (["--cache", "16GB", "--like", "palm-8b", "--seq", "512"], "a second budget"),
        (["--params", "3B", "--price", "3"], "--price 3: doesn't apply to --params"),
        (["--params", "3B", "--for", "training"], "--for training: doesn't apply to --params"),
        (["--law", "kaplan"], "no budget"),
    ],
    ids=str,
)
def test_bad_input_is_one_line(run, options, said):
    done = run("solve", *options)
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert said in done.stderr


def test_what_is_too_small_names_the_budget(run):
    done = run("solve", "--memory", "80GB", "--cache", "1kB", "--seq", "131072")
    assert done.exit_code == 1
    assert done.stdout.startswith("Nothing found: cache binds: the nearest shape takes")


def test_the_library_has_it_too():
    assert paramcount.solve_within(memory="1GB", top=1) == solve_within(memory=10**9, top=1)


@pytest.mark.parametrize(
    ("budgets", "n_vocab"),
    [
        ({"memory": "80GB"}, 50257),
        ({"memory": "1GB", "cache": "10MB"}, 50257),
        ({"memory": "1MB"}, 256),
        ({"memory": "2kB"}, 27),
    ],
    ids=str,
)
def test_what_is_left_open_is_as_for_models_of_that_size(budgets, n_vocab):
    assert solve_within(**budgets, top=1).solution.candidates[0].n_vocab == n_vocab
