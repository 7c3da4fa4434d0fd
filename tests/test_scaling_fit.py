"""`paramcount scaling fit`: known laws are recovered, and it says when the runs can't tell."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from paramcount.errors import InputError
from paramcount.scaling.constants import constants
from paramcount.scaling.frontier import Parametric, Run
from paramcount.scaling.runs import Measured, measured, read_runs

REFIT = {c.symbol: c for c in constants() if c.law == "refit-2024" and c.relation.startswith("L = E")}
TRUE = Parametric(*(REFIT[symbol].value for symbol in ("E", "A", "B", "alpha", "beta")))


def like_chinchilla(count=240, noise=0.007, seed=3):
    """This many runs with sizes and budgets like Hoffmann et al.'s, and losses by the refit with a similar scatter."""
    random = np.random.default_rng(seed)
    flops = random.choice([6e18, 1e19, 3e19, 6e19, 1e20, 3e20, 6e20, 1e21, 3e21], count)
    best = np.array([TRUE.frontier().at_flops(c).n_params for c in flops])
    sizes = best * np.exp(random.uniform(-1.8, 1.8, count))
    runs = [Run(float(n), float(c / (6 * n))) for n, c in zip(sizes, flops, strict=True)]
    scatter = random.laplace(0, noise / np.sqrt(2), count)
    return [Measured(run, TRUE.loss(run) * float(np.exp(off))) for run, off in zip(runs, scatter, strict=True)]


def written(runs, path):
    lines = [f"{run.n_params:.6e},{run.tokens:.6e},{loss:.6f}" for run, loss in runs]
    path.write_text("\n".join(["n_params,tokens,loss", *lines]) + "\n")
    return str(path)


@pytest.fixture
def fit():
    pytest.importorskip("scipy")
    from paramcount.scaling.fit import fit

    return fit


def test_points_like_chinchillas_give_the_published_refit_within_its_errors(fit):
    found = fit(like_chinchilla(), resamples=60)
    for symbol, value in found.values().items():
        if symbol in REFIT:
            assert abs(value - REFIT[symbol].value) <= 2 * REFIT[symbol].std_error, symbol
            low, high = found.intervals[symbol]
            assert low <= value <= high
            assert found.errors[symbol] < 3 * REFIT[symbol].std_error
    assert not found.warnings
    assert found.residual == pytest.approx(0.007, rel=0.2)


def test_without_scatter_the_law_comes_back(fit):
    found = fit(like_chinchilla(60, 0.0), resamples=2)
    for symbol, value in found.values().items():
        if symbol in REFIT:
            assert value == pytest.approx(REFIT[symbol].value, rel=0.01)


def test_the_gradient_is_that_of_the_loss():
    from paramcount.scaling.descent import Points, huber

    random = np.random.default_rng(1)
    points = Points(*random.normal(size=(3, 40)))
    at = np.array([0.2, -0.3, 0.1, 0.4, 0.6])
    _, slopes = huber(at, points)
    for place in range(5):
        step = np.eye(5)[place] * 1e-6
        difference = (huber(at + step, points)[0] - huber(at - step, points)[0]) / 2e-6
        assert slopes[place] == pytest.approx(difference, rel=1e-4, abs=1e-2)


def test_the_loss_is_hubers_of_the_log():
    """Against a loop in plain Python."""
    from paramcount.scaling.descent import DELTA, Points, huber

    random = np.random.default_rng(2)
    x, y, z = random.normal(scale=0.01, size=(3, 20))
    a, b, e, alpha, beta = at = (-0.9, -1.1, -1.3, 0.3, 0.4)
    total = 0.0
    for place in range(20):
        guess = np.log(np.exp(a - alpha * x[place]) + np.exp(b - beta * y[place]) + np.exp(e))
        off = abs(guess - z[place])
        total += 0.5 * off**2 if off <= DELTA else DELTA * (off - 0.5 * DELTA)
    assert huber(np.array(at), Points(x, y, z))[0] == pytest.approx(total / DELTA**2)


def test_the_best_start_is_not_the_only_one(fit):
    """The best of the followed starts is no worse than a plain descent from the true constants."""
    from paramcount.scaling.descent import descend, minima
    from paramcount.scaling.fit import _centred

    points, means = _centred(like_chinchilla(80))
    truth = [np.log(TRUE.a) - TRUE.alpha * means[0], np.log(TRUE.b) - TRUE.beta * means[1], np.log(TRUE.e)]
    from_truth = descend(np.array([*truth, TRUE.alpha, TRUE.beta]), points)
    assert minima(points, means)[0].loss <= from_truth.loss * (1 + 1e-6)


def test_sizes_and_tokens_that_grow_together_cannot_tell(fit):
    runs = [Run(float(n), 20.0 * float(n)) for n in np.geomspace(1e8, 1e10, 30)]
    found = fit([Measured(run, TRUE.loss(run)) for run in runs], resamples=5)
    assert any("change together" in warning for warning in found.warnings)


def test_few_scattered_runs_cannot_tell(fit):
    found = fit(like_chinchilla(9, 0.05), resamples=60)
    assert any("do not determine alpha" in warning or "do not determine beta" in warning for warning in found.warnings)
    assert any("how N_opt grows" in warning for warning in found.warnings)


def test_a_frontier_outside_the_runs_is_said(fit):
    """Runs that all have far too many tokens."""
    random = np.random.default_rng(5)
    runs = [Run(float(n), float(n * r)) for n, r in random.uniform((1e8, 800), (1e9, 4000), (60, 2))]
    found = fit([Measured(run, TRUE.loss(run)) for run in runs], resamples=3)
    assert any("outside the runs" in warning for warning in found.warnings)


def test_the_report(run, tmp_path, fit):
    path = written(like_chinchilla(80), tmp_path / "runs.csv")
    found = json.loads(run("scaling", "fit", path, "--resamples", "20", "--json").stdout)
    assert list(found) == ["schema", "runs", "resamples", "constants", "residual", "warnings"]
    assert [line["symbol"] for line in found["constants"]] == ["E", "A", "B", "alpha", "beta", "a"]
    said = run("scaling", "fit", path, "--resamples", "20").stdout
    assert "80 runs from runs.csv" in said
    assert "The frontier" in said


def test_two_of_size_tokens_and_compute_are_enough(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text("# mine\nname,loss,n_params,flops\na,3.1,70M,4.2e18\nb,2.9,1e8,6e18\n")
    assert read_runs(str(path)) == [Measured(Run(7e7, 1e10), 3.1), Measured(Run(1e8, 1e10), 2.9)]
    assert measured([{"tokens": 1e10, "flops": 6e18, "loss": 2.9}]) == [Measured(Run(1e8, 1e10), 2.9)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty; valid: "),
        ("n_params,loss\n1,2\n", "two of n_params, tokens, flops"),
        ("n_params,tokens,los\n1,2,3\n", "a column loss"),
        ("n_params,tokens,loss\n1e8,1e9\n", "row 1: 2 cells; valid: 3"),
        ("n_params,tokens,loss\n1e8,1e9,-3\n", "row 1, column loss"),
        ("n_params,tokens,loss\n1e8,0,3\n", "row 1, column tokens"),
        ("n_params,tokens,loss\n1e8,1e999,3\n", "row 1, column tokens"),
        ("n_params,tokens,loss\n1e8,x,3\n", "row 1, column tokens"),
        ("n_params,tokens,loss\n" + "1e8,1e9,3\n" * 3, "3 runs are too few to fit five constants"),
        ("n_params,tokens,loss\n" + "".join(f"1e8,{n}e9,3\n" for n in range(1, 9)), "1 value of N"),
    ],
)
def test_wrong_files_are_one_line(run, tmp_path, text, said):
    path = tmp_path / "runs.csv"
    path.write_text(text)
    done = run("scaling", "fit", str(path))
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_file_is_one_line(run):
    assert "cannot be read" in run("scaling", "fit", "nowhere.csv").stderr


def test_without_scipy_it_says_how_to_get_it(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    path = written(like_chinchilla(20), tmp_path / "runs.csv")
    done = run("scaling", "fit", path)
    assert done.exit_code == 2
    assert "pip install 'paramcount[fit]'" in done.stderr


def test_the_example_of_the_document_is_what_the_fit_finds(run, fit):
    """Numbers agree to one percent, since an optimiser's last digits depend on its version."""
    root = Path(__file__).resolve().parent.parent
    block = (
        (root / "docs" / "scaling.md")
        .read_text(encoding="utf-8")
        .split("$ paramcount scaling fit examples/runs.csv\n")[1]
    )
    shown = block.split("```")[0]
    found = run("scaling", "fit", str(root / "docs" / "examples" / "runs.csv")).stdout
    number = re.compile(r"(?<![\w.])\d[\d,]*\.?\d*")
    assert number.sub("#", shown).split() == number.sub("#", found).split()
    for a, b in zip(number.findall(shown), number.findall(found), strict=True):
        assert float(a.replace(",", "").rstrip(".")) == pytest.approx(float(b.replace(",", "").rstrip(".")), rel=0.01)


def test_resamples_have_bounds(fit):
    with pytest.raises(InputError, match="resamples = 1"):
        fit(like_chinchilla(20), resamples=1)


def test_the_library_fits_the_same(fit, tmp_path):
    import paramcount

    runs = like_chinchilla(40)
    path = written(runs, tmp_path / "runs.csv")
    from_file = paramcount.fit_law(path, resamples=3)
    rows = [{"n_params": run.n_params, "tokens": run.tokens, "loss": loss} for run, loss in read_runs(path)]
    assert paramcount.fit_law(rows, resamples=3).law == from_file.law
