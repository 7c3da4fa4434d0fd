"""`solve --flops --law`: shapes for compute, each recounted with its tokens, FLOPs and loss."""

import json
import shlex

import pytest

from paramcount.errors import InputError
from paramcount.scaling.frontier import Run
from paramcount.scaling.laws import LAWS, fits, optimum
from paramcount.solver.compute import solve_flops


def asked(run, *options):
    return json.loads(run("solve", *options, "--json").stdout)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("flops", [10**20, 10**24, 3 * 10**26])
def test_every_shape_is_recounted_and_spends_the_compute(law, flops):
    found = solve_flops(flops, law, top=3)
    n_best, d_best = optimum(law, flops)
    for candidate, training in zip(found.solution.candidates, found.trainings, strict=True):
        model = found.solution.design.build(**candidate.sizes)
        counted = model.non_embedding() if law == "kaplan" else model.total()
        assert abs(counted - n_best) <= 0.1 * n_best + 1
        assert training.flops_6nd == 6 * counted * training.tokens <= flops < 6 * counted * (training.tokens + 1)
        assert training.tokens == pytest.approx(d_best, rel=0.12)
        loss = fits(law)[0].loss
        assert training.loss == (loss(Run(counted, training.tokens)) if loss else None)


def test_the_loss_is_hardly_above_the_least():
    found = solve_flops(10**23, "refit-2024", top=10)
    least = found.fit.best_loss(found.best)
    assert all(least <= training.loss < 1.001 * least for training in found.trainings)


def test_exact_flops_are_those_of_the_flops_command(run):
    found = asked(run, "--flops", "1e22", "--law", "chinchilla-3", "--top", "2")
    for candidate in found["candidates"]:
        line = shlex.split(candidate["command"])[1:]
        model = [part for part in line if part != "gpt"]
        ways = json.loads(
            run(
                "flops", "gpt", *model, "--seq", "2048", "--tokens", str(candidate["tokens"]), "--conventions", "--json"
            ).stdout
        )["conventions"]
        assert candidate["flops_exact"] == next(way["flops"] for way in ways if way["share_of_exact"] == 1)
        assert candidate["seq"] == 2048


def test_devices_are_a_budget_too(run):
    devices = ["--gpu", "h100-sxm", "--devices", "64", "--days", "30", "--mfu", "40%"]
    found = asked(run, *devices, "--law", "refit-2024", "--like", "llama-3.2-1b", "--seq", "4096", "--top", "1")
    assert found["flops"] == 989_400_000_000_000 * 64 * 30 * 86_400 * 2 // 5
    assert found["candidates"][0]["seq"] == 4096
    assert found["candidates"][0]["flops_exact"] > found["candidates"][0]["flops_6nd"]


def test_the_json_contract(run):
    found = asked(run, "--flops", "1e22", "--law", "kaplan", "--top", "1")
    assert found["budget_counts"] == "non_embedding"
    assert found["flops"] == 10**22
    assert list(found["of_law"]) == ["law", "counts", "best", "beyond"]
    assert {"tokens", "flops_6nd", "flops_exact", "seq", "loss", "total", "command"} <= set(found["candidates"][0])


def test_a_config_of_the_shape_is_written(run, tmp_path):
    path = tmp_path / "config.json"
    assert run("solve", "--flops", "1e20", "--law", "refit-2024", "--emit", "hf", "-o", str(path)).exit_code == 0
    total = json.loads(run(str(path), "--json").stdout)["total"]
    assert total == solve_flops(10**20, "refit-2024").solution.candidates[0].total


def test_a_law_without_loss_shows_none(run):
    said = run("solve", "--flops", "1e21", "--law", "chinchilla-1", "--top", "2").stdout
    assert "loss " not in said.splitlines()[3]
    assert "chinchilla-1 gives no loss" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no budget"),
        (["--flops", "1e22"], "--flops: needs a law"),
        (["--flops", "1e22", "--law", "chinchila"], "law = chinchila"),
        (["--flops", "1e22", "--law", "kaplan", "--params", "1B"], "--params with --flops: can't be combined"),
        (["--params", "1B", "--law", "kaplan"], "--law kaplan: doesn't apply to --params"),
        (["--params", "1B", "--seq", "2048"], "--seq 2048: doesn't apply to --params"),
        (["--flops", "10", "--law", "kaplan"], "too little for one parameter"),
        (["--flops", "1e22", "--law", "kaplan", "--active"], "the law fixes what is counted"),
        (["--flops", "1e22", "--law", "kaplan", "--exactly"], "the law fixes what is counted"),
        (["--flops", "1e22", "--law", "refit-2024", "--like", "mixtral-8x7b"], "mixture of experts"),
        (
            ["--flops", "1e22", "--law", "refit-2024", "--max-loss", "2"],
            "compute binds: by refit-2024 the lowest loss for 1e+22",
        ),
        (["--flops", "1e22", "--law", "refit-2024", "--max-loss", "1.8"], "a higher loss"),
        (["--flops", "1e22", "--law", "chinchilla-2", "--max-loss", "2"], "chinchilla-2 gives no loss"),
        (["--flops", "1e22", "--law", "refit-2024", "--max-loss", "-2"], "max-loss = -2: negative"),
        (["--params", "1B", "--max-loss", "2"], "--max-loss 2: doesn't apply to --params"),
        (["--flops", "x", "--law", "refit-2024"], "flops = x"),
        (["--gpu", "h100-sxm", "--law", "refit-2024"], "--devices, --days, --mfu: not given"),
        (["--flops", "1e22", "--gpu", "h100-sxm", "--law", "kaplan"], "its utilisation is missing"),
    ],
)
def test_bad_input_is_one_line(run, options, said):
    done = run("solve", *options)
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert said in done.stderr


def test_a_library_twin_finds_the_same():
    import paramcount

    assert paramcount.solve_flops("1e22", "chinchilla-3") == solve_flops(10**22, "chinchilla-3")
    with pytest.raises(InputError):
        paramcount.solve_flops(-1, "chinchilla-3")


def test_a_loss_leaves_the_shapes_that_keep_it():
    every = solve_flops(10**22, "refit-2024", top=10)
    middle = sorted(training.loss for training in every.trainings)[5]
    kept = solve_flops(10**22, "refit-2024", max_loss=middle, top=10)
    assert [t for t in every.trainings if t.loss <= middle] == list(kept.trainings)
    assert len(kept.trainings) == len(kept.solution.candidates) == 6


def test_the_compute_that_is_named_is_enough():
    with pytest.raises(InputError, match=r"valid: (\S+) FLOPs") as refused:
        solve_flops(10**22, "refit-2024", max_loss=2.0)
    enough = float(str(refused.value).split("valid: ")[1].split()[0])
    assert solve_flops(round(1.05 * enough), "refit-2024", max_loss=2.0).trainings
