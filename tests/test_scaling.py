"""`paramcount scaling`: against the papers' printed figures, brute force, and Kaplan's own relations."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from paramcount.errors import InputError
from paramcount.papers.tables import read
from paramcount.scaling import kaplan
from paramcount.scaling.ask import Asked, answers
from paramcount.scaling.constants import constants, relation, relations
from paramcount.scaling.frontier import PF_DAY, Frontier, Parametric, Run
from paramcount.scaling.laws import LAWS, fits, law_named, optimum

PRINTED = [(row, "table3") for row in read("chinchilla_hoffmann2022_table3.csv")] + [
    (row, "tableA3") for row in read("chinchilla_hoffmann2022_tableA3.csv")
]
# Figures that don't fit the power law of the other rows: the 67B rows, and three of approach 3 in Table A3.
OFF = {
    ("1", "67B", "C"), ("1", "67B", "D"), ("2", "67B", "C"), ("2", "67B", "D"), ("3", "67B", "C"), ("3", "67B", "D"),
    ("3", "400M", "C"), ("3", "175B", "C"), ("3", "280B", "D"),
}  # fmt: skip


def printed_tokens(tokens):
    return f"{tokens / 1e9:.1f}B" if tokens < 1e12 else f"{tokens / 1e12:.1f}T"


def frontier_of(approach):
    """The power law through the rows of a table: approaches 1 and 2, or a variant of approach 3."""
    return next(fit for fit in fits(f"chinchilla-{approach}") if fit.loss is None).frontier


@pytest.mark.parametrize(
    ("row", "table"), PRINTED, ids=[f"{r['approach']}-{r['n_params_printed']}" for r, _ in PRINTED]
)
def test_tables_3_and_a3_are_reproduced_to_the_printed_digits(row, table):
    run = frontier_of(row["approach"]).at_params(float(row["n_params"]))
    found = {"C": f"{run.flops:.2e}" == row["train_flops"], "D": printed_tokens(run.tokens) == row["n_tokens_printed"]}
    for figure, same in found.items():
        assert same == ((row["approach"], row["n_params_printed"], figure) not in OFF)


def test_table_a3_has_a_misprint_of_ten():
    run = frontier_of("3").at_params(175e9)
    assert f"{run.flops:.2e}" == "1.26e+25"
    assert (
        next(r["train_flops"] for r, _ in PRINTED if (r["approach"], r["n_params_printed"]) == ("3", "175B"))
        == "1.26e+24"
    )


def test_the_rows_of_67b_are_of_other_sizes():
    """Approach 1's row has Gopher's compute, 5.76e23."""
    for approach, compute, size in (("1", 5.76e23, 68), ("2", 6.88e23, 69), ("3", 1.71e24, 70)):
        assert round(frontier_of(approach).at_flops(compute).n_params / 1e9) == size


@pytest.mark.parametrize("approach", ["1", "2", "3"])
def test_the_powers_round_to_those_of_table_2(approach):
    stated = {
        c.symbol: c for c in constants() if c.law == f"chinchilla-{approach}" and c.relation.startswith("exponents")
    }
    power = frontier_of(approach).power
    assert round(power, 2) == stated["a"].value
    assert round(1 - power, 2) == stated["b"].value


def test_rounding_the_constants_of_approach_3_moves_its_optimum():
    """Besiroglu et al. 2024: the constants printed in the paper are rounded so much that they predict badly."""
    exact, rounded, _ = fits("chinchilla-3")
    assert exact.frontier.power == pytest.approx(0.4565, abs=5e-5)
    assert rounded.frontier.power == pytest.approx(0.4516, abs=5e-5)
    assert rounded.frontier.at_params(1e13).flops / exact.frontier.at_params(1e13).flops == pytest.approx(
        1.87, abs=0.01
    )


def test_gpt3_by_table_d1():
    """Table D.1's compute is 6·N·D to its printed digits, and a PF-day is 8.64e19 FLOPs."""
    rows = [row for row in read("gpt3_brown2020_tableD1.csv") if row["model"].startswith("GPT-3")]
    assert len(rows) == 8
    for row in rows:
        run = Run(float(row["n_params"]), float(row["n_tokens"]))
        assert run.flops == pytest.approx(float(row["train_flops"]), rel=0.005)
        assert run.flops / PF_DAY == pytest.approx(float(row["train_pf_days"]), rel=0.005)


def test_the_bound_on_data_asks_a_trillion_tokens_of_gpt3():
    assert f"{kaplan.tokens_needed(175e9):.2e}" == "1.04e+12"
    assert kaplan.tokens_needed(8 * 175e9) / kaplan.tokens_needed(175e9) == pytest.approx(4.66, abs=0.005)
    assert kaplan.params_fed(kaplan.tokens_needed(175e9)) == pytest.approx(175e9)


def test_chinchilla_and_gopher():
    """The paper's two models of one budget: 70B on 1.4T tokens is better than 280B on 300B."""
    for law in ("chinchilla-3", "refit-2024"):
        loss = law_named(law).loss
        assert loss(Run(70e9, 1.4e12)) < loss(Run(280e9, 300e9))
    n_params, tokens = optimum("refit-2024", 6 * 70e9 * 1.4e12)
    assert tokens / n_params == pytest.approx(18.5, abs=0.5)  # Besiroglu et al.: about 20, as approaches 1 and 2


@pytest.mark.parametrize("law", ["chinchilla-3", "refit-2024"])
@pytest.mark.parametrize("flops", [1e18, 5.76e23, 1e27])
def test_the_closed_form_is_where_brute_force_finds_the_minimum(law, flops):
    fit = law_named(law)
    sizes = np.geomspace(1e6, 1e14, 400_001)
    stated = relation(law, "L = E").values
    tokens = flops / (6 * sizes)
    losses = stated["E"] + stated["A"] / sizes ** stated["alpha"] + stated["B"] / tokens ** stated["beta"]
    best = int(np.argmin(losses))
    run = fit.frontier.at_flops(flops)
    assert run.n_params == pytest.approx(sizes[best], rel=1e-3)
    assert fit.best_loss(run) == pytest.approx(losses[best], rel=1e-9)


CONSTANT = st.floats(0.05, 5e4)
POWER = st.floats(0.05, 1.5)


@given(CONSTANT, CONSTANT, CONSTANT, POWER, POWER, st.floats(1, 30), st.floats(-0.5, 0.5))
def test_no_other_size_of_the_same_compute_is_better(e, a, b, alpha, beta, log_flops, shift):
    law, flops = Parametric(e, a, b, alpha, beta), 10.0**log_flops
    best = law.frontier().at_flops(flops)
    assume(1e-9 < best.n_params < 1e40 and 1e-9 < best.tokens < 1e40)
    assert best.flops == pytest.approx(flops, rel=1e-9)
    other = Run(best.n_params * 10**shift, best.tokens / 10**shift)
    assert law.loss(best) <= law.loss(other) * (1 + 1e-12)
    # the condition of the minimum: both terms fall equally fast
    assert alpha * a / best.n_params**alpha == pytest.approx(beta * b / best.tokens**beta, rel=1e-6)


@given(st.sampled_from([(n, i) for n in LAWS for i in range(len(fits(n)))]), st.floats(15, 30))
def test_a_frontier_is_the_same_from_each_of_its_sides(which, log_flops):
    frontier = fits(which[0])[which[1]].frontier
    run = frontier.at_flops(10.0**log_flops)
    for again in (frontier.at_params(run.n_params), frontier.at_tokens(run.tokens)):
        assert again.n_params == pytest.approx(run.n_params, rel=1e-6)
        assert again.tokens == pytest.approx(run.tokens, rel=1e-6)


@given(st.floats(0.05, 0.95), st.floats(1e-3, 1e10), st.floats(15, 30))
def test_a_frontier_spends_its_compute(power, scale, log_flops):
    assert Frontier(scale, power, PF_DAY).at_flops(10.0**log_flops).flops == pytest.approx(10.0**log_flops)


def test_kaplans_relations_by_hand():
    """The paper's constants written out, with numpy."""
    for flops in np.geomspace(1e18, 1e25, 15):
        days = flops / 8.64e19
        by_name = {line.name: line.value for line in kaplan.of_flops(float(flops))}
        assert by_name["L(C_min), optimal size and batch"] == pytest.approx(np.power(3.1e8 / days, 0.050))
        assert by_name["L(C_min), optimal size and batch (figure 1)"] == pytest.approx(np.power(2.3e8 / days, 0.050))
        assert by_name["critical batch size"] == pytest.approx(2.0e6 * np.power(days, 0.24))
        assert by_name["fewest steps, far above that batch size"] == pytest.approx(5.4e3 * np.power(days, 0.03))
        assert law_named("kaplan").frontier.at_flops(float(flops)).n_params == pytest.approx(
            1.3e9 * np.power(days, 0.73)
        )
    for n_params in np.geomspace(1e3, 1e12, 10):
        assert next(iter(kaplan.of_params(float(n_params)))).value == pytest.approx(np.power(8.8e13 / n_params, 0.076))
        loss = np.power(np.power(6.4e13 / n_params, 0.076 / 0.103) + 1.8e13 / 3e11, 0.103)
        assert kaplan.loss_of(Run(float(n_params), 3e11)) == pytest.approx(loss)
        steps = np.power(6.5e13 / n_params, 0.077) + np.power(2.1e3 / 1e5, 0.76)
        assert kaplan.loss_of_steps(float(n_params), 1e5) == pytest.approx(steps)
    for tokens in np.geomspace(1e7, 1e13, 10):
        assert next(iter(kaplan.of_tokens(float(tokens)))).value == pytest.approx(np.power(5.4e13 / tokens, 0.095))
    for loss in (1.5, 3.0, 6.0):
        assert kaplan.critical_batch(loss) == pytest.approx(2e8 / np.power(loss, 1 / 0.21))


@given(st.floats(3, 13), st.floats(6, 14))
def test_the_loss_of_one_epoch_solves_its_equation(log_params, log_tokens):
    run = Run(10**log_params, 10**log_tokens)
    loss = kaplan.loss_of_one_epoch(run)
    assert loss == pytest.approx(kaplan.loss_of_steps(run.n_params, run.tokens / kaplan.critical_batch(loss)), rel=1e-9)


def test_the_best_of_l_n_s_is_where_appendix_b_has_it():
    """Eqs. B.7 and B.9 in closed form, against a search over N for the least loss of one epoch."""
    a_n, a_s, a_b, n_c, s_c, b_star = 0.077, 0.76, 0.21, 6.5e13, 2.1e3, 2e8
    a_c = 1 / (1 / a_s + 1 / a_b + 1 / a_n)
    c_c = 6 * n_c * b_star * s_c * (1 + a_n / a_s) ** (1 / a_s + 1 / a_n) * (a_s / a_n) ** (1 / a_s)
    for flops in (1e20, 1e23):
        sizes = np.geomspace(1e7, 1e13, 3001)
        losses = [kaplan.loss_of_one_epoch(Run(float(n), float(flops / (6 * n)))) for n in sizes]
        best = sizes[int(np.argmin(losses))]
        assert best == pytest.approx(n_c * (flops / c_c) ** (a_c / a_n) * (1 + a_n / a_s) ** (1 / a_n), rel=0.02)


def test_kaplans_table_6_adds_up_and_equation_6_7_does_not():
    """6·N·B·S is C_min for one PF-day, and D_opt is 2·B·S; equation 6.7 prints twice that."""
    batch, steps = kaplan.batch_and_steps(PF_DAY)
    n_params = law_named("kaplan").frontier.at_flops(PF_DAY).n_params
    assert 6 * n_params * batch * steps / PF_DAY == pytest.approx(1, abs=0.03)
    table, equation = (found.values["k"] for found in relations("kaplan", "D_opt"))
    assert 2 * batch * steps / table == pytest.approx(1, abs=0.1)
    assert equation == 2 * table


def test_every_constant_has_its_place_and_its_standing():
    assert all(constant.place and constant.status for constant in constants())
    assert {constant.law for constant in constants()} == set(LAWS)
    assert all(constant.value is not None or (constant.low and constant.high) for constant in constants())


def test_no_constant_stands_in_the_code():
    numbers = {f"{value:g}" for c in constants() if (value := c.value) and value not in (0.5, 0.05)}
    numbers |= {cell for row in read("scaling_law_fits.csv") if (cell := row["value"]) and len(cell) > 3}
    numbers -= {"1000", "0.50", "0.050"}
    for path in (Path(__file__).parent.parent / "paramcount" / "scaling").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [number for number in numbers if f" {number}" in text or f"({number}" in text], path


def test_a_law_states_no_more_than_its_constants():
    found = answers(Asked(flops=1e22), list(LAWS))
    assert {answer.fit.law for answer in found if answer.loss is None} == {
        "chinchilla-1",
        "chinchilla-2",
        "chinchilla-3",
    }
    assert [answer.fit.variant for answer in found if answer.loss is None and answer.fit.law == "chinchilla-3"] == [
        "Table A3"
    ]
    assert {answer.fit.law for answer in found if answer.fewest_steps} == {"kaplan"}


def test_two_of_three_make_a_run():
    run = Asked(n_params=175e9, tokens=3e11).run()
    assert Asked(flops=run.flops, tokens=3e11).run().n_params == pytest.approx(175e9)
    assert Asked(flops=run.flops, n_params=175e9).run().tokens == pytest.approx(3e11)


def test_the_json_contract(run):
    found = json.loads(run("scaling", "--params", "175B", "--tokens", "300B", "--json").stdout)
    assert list(found) == ["schema", "asked", "hardware", "run", "laws", "of_each_other", "kaplan"]
    assert found["run"]["flops"] == 315 * 10**21
    assert list(found["laws"][0]) == [
        "law", "variant", "counts", "n_params", "tokens", "flops", "tokens_per_param", "loss", "critical_batch",
        "fewest_steps", "beyond", "fitted_range", "source",
    ]  # fmt: skip
    assert {law["counts"] for law in found["laws"]} == {"all", "non-embedding"}
    assert all(set(line["losses"]) == {"kaplan", "chinchilla-3", "refit-2024"} for line in found["of_each_other"])
    share = next(line["value"] for line in found["kaplan"] if line["name"].startswith("D over the minimum"))
    assert share == pytest.approx(0.287, abs=5e-4)


def test_csv_holds_numbers_unrounded(run):
    lines = list(csv.DictReader(run("scaling", "--flops", "1e22", "--format", "csv").stdout.splitlines()))
    rows = [row for row in lines if row["table"] == lines[0]["table"]]
    assert [row["name"] for row in rows][:2] == ["kaplan", "chinchilla-1"]
    assert float(rows[-1]["n_params"]) == optimum("refit-2024", 1e22)[0]


def test_devices_give_their_peak_at_that_share(run):
    options = ["--gpu", "h100-sxm", "--devices", "64", "--days", "30"]
    for mfu in ("40%", "0.4", "40 %"):
        found = json.loads(run("scaling", *options, "--mfu", mfu, "--json").stdout)
        assert found["asked"]["flops"] == 989_400_000_000_000 * 64 * 30 * 86_400 * 2 // 5
    assert found["hardware"]["mfu"] == 0.4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--flops", "1e22", "--law", "chinchila-3"], "valid: kaplan"),
        (["--flops", "-1"], "--flops -1"),
        (["--params", "0"], "--params 0"),
        (["--tokens", "many"], "--tokens many"),
        ([], "nothing to ask"),
        (["--flops", "1e22", "--params", "1B", "--tokens", "1B"], "two of them give the third"),
        (["--gpu", "h100-sxm", "--devices", "64", "--days", "30"], "--mfu: not given"),
        (["--mfu", "40%"], "--gpu, --devices, --days: not given"),
        (["--gpu", "h100-sxm", "--devices", "64", "--days", "30", "--mfu", "140%"], "mfu = 140%"),
        (["--gpu", "h100-sxm", "--devices", "64", "--days", "30", "--mfu", "40"], "as in 40%"),
        (["--gpu", "h100-sxm", "--devices", "64", "--days", "-3", "--mfu", "40%"], "days = -3"),
        (["--gpu", "h100-sxm", "--devices", "6.5", "--days", "3", "--mfu", "40%"], "devices = 6.5"),
        (["--gpu", "h1000", "--devices", "64", "--days", "30", "--mfu", "40%"], "h1000: unknown accelerator"),
        (["--flops", "1e22", "--gpu", "h100-sxm"], "compute is given twice"),
        (["--flops", "3.14e23", "--strict"], "kaplan: N = 516B is outside its fitted range"),
        (["--params", "175B", "--tokens", "300B", "--law", "refit-2024", "--strict"], "N = 175B is outside its fitted"),
        (["--flops", "1e20", "fit", "runs.csv"], "--flops before fit"),
        (["fti"], "unknown command"),
    ],
)
def test_bad_input_is_one_line(run, options, said):
    done = run("scaling", *options)
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not done.stdout


def test_strict_admits_what_lies_within(run):
    assert "beyond" not in run("scaling", "--flops", "1e21", "--law", "refit-2024", "--strict").stdout.replace(
        "beyond its fit", ""
    )


def test_an_unknown_law_is_refused_by_the_library():
    with pytest.raises(InputError, match="unknown law"):
        optimum("gopher", 1e20)


def test_extremes_stay_finite(run):
    for options in (
        ["--flops", "1"],
        ["--flops", "1e36"],
        ["--params", "1", "--tokens", "1"],
        ["--params", "1e36"],
        ["--tokens", "1e36", "--params", "1e36"],
    ):
        found = json.loads(run("scaling", *options, "--json").stdout)
        assert all(math.isfinite(law["n_params"]) and law["n_params"] > 0 for law in found["laws"])


def curves(figure):
    return {line.get_label(): line.get_xydata() for line in figure.axes[0].lines}


@pytest.mark.parametrize("law", ["kaplan", "chinchilla-3", "refit-2024"])
def test_published_runs_stand_where_the_law_puts_them(law):
    from paramcount.report.figures import draw
    from paramcount.scaling.published import published

    points = curves(draw("scaling", law))[f"published runs, by {law}"]
    runs = {run.name: run.run for run in published()}
    assert len(points) == len(runs) == 18
    assert runs["GPT-3 175B"] == Run(175e9, 3e11)
    assert runs["LLaMA 65B"] == Run(65.2e9, 1.4e12)
    for (flops, loss), run in zip(points, runs.values(), strict=True):
        assert flops == pytest.approx(6 * run.n_params * run.tokens)
        assert loss == pytest.approx(law_named(law).loss(run))


def test_a_laws_own_marks_stand_at_the_minima_of_its_curves():
    from paramcount.report.figures import draw

    figure = draw("isoflop", "refit-2024")
    marks = curves(figure)["refit-2024"]
    valleys = [line.get_xydata() for line in figure.axes[0].lines if str(line.get_label()).startswith("_child")]
    assert len(marks) == len(valleys) == 8
    for (size, loss), valley in zip(marks, valleys, strict=True):
        lowest = valley[np.argmin(valley[:, 1])]
        assert size == pytest.approx(lowest[0], rel=0.06)
        assert loss <= lowest[1] * (1 + 1e-12)


@pytest.mark.parametrize("kind", ["scaling", "isoflop"])
def test_figures_are_the_same_each_time(kind):
    from paramcount.report.figures import draw, drawing

    page, again = (drawing(draw(kind, "chinchilla-3"), "svg") for _ in range(2))
    assert page == again
    assert "mathdefault" not in page.decode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["isoflop", "--law", "chinchilla-1"], "gives no losses"),
        (["share", "--law", "kaplan"], "valid: with plot scaling or isoflop"),
        (["scaling", "gpt3"], "draws scaling laws, not models"),
    ],
)
def test_figures_refuse_in_one_line(run, tmp_path, arguments, said):
    done = run("plot", *arguments, "-o", str(tmp_path / "a.svg"))
    assert done.exit_code == 2
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_library_says_the_same():
    import paramcount

    assert paramcount.optimum("chinchilla-3", 1e24) == optimum("chinchilla-3", 1e24)
    answer = paramcount.ask_laws(params=175e9, tokens=3e11, law="refit-2024")[0]
    assert answer.run.flops == pytest.approx(315e21)
    assert [found.fit.law for found in paramcount.ask_laws(flops=1e22)][-1] == "refit-2024"
    for wrong in ({"flops": -1}, {"flops": float("nan")}, {"params": 0}, {}, {"flops": 1, "params": 1, "tokens": 1}):
        with pytest.raises(InputError):
            paramcount.ask_laws(**wrong)
    with pytest.raises(InputError, match="not a positive number"):
        paramcount.optimum("kaplan", 0)


@pytest.mark.parametrize("law", ["kaplan", "chinchilla-3", "refit-2024"])
def test_the_least_compute_for_a_loss_reaches_it(law):
    fit = law_named(law)
    for flops in (1e19, 3e23):
        loss = fit.best_loss(fit.frontier.at_flops(flops))
        assert fit.flops_for(loss) == pytest.approx(flops, rel=1e-6)
    assert law_named("chinchilla-3").flops_for(1.69) is None
    assert law_named("chinchilla-1").flops_for(3.0) is None


def test_a_run_off_the_frontier_cost_more_than_its_loss_takes(run):
    """GPT-3's by the refit, in closed form from L - E = k·C^-(αβ/(α + β))."""
    fit, gpt3 = law_named("refit-2024"), Run(175e9, 3e11)
    c = relation("refit-2024", "L = E").values
    gamma = c["alpha"] * c["beta"] / (c["alpha"] + c["beta"])
    factor = (fit.best_loss(fit.frontier.at_flops(1e23)) - c["E"]) * 1e23**gamma
    least = (factor / (fit.loss(gpt3) - c["E"])) ** (1 / gamma)
    assert f"{least:.3g}" in run("scaling", "--params", "175B", "--tokens", "300B").stdout
    assert least < gpt3.flops
