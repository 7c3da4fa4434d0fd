"""The audit of costs: figures as intervals, equations by hand, what it must find, and false explanations."""

import importlib.util
import json
import random
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paramcount.auditing.costs import explain as explaining
from paramcount.auditing.costs.arithmetic import RELATIONS, bounds, multiplied, quantities
from paramcount.auditing.costs.audit import CONTRADICTED, UNCHECKED
from paramcount.auditing.costs.checks import BOUND, admitted, checks
from paramcount.auditing.costs.claims import claim, claims, columns, device
from paramcount.auditing.costs.counted import ways
from paramcount.auditing.costs.figures import LEAST, MOST, FigureError, figure
from paramcount.auditing.costs.hypotheses import hypotheses
from paramcount.auditing.costs.origins import elsewhere
from paramcount.auditing.costs.table import audit_file, ours
from paramcount.auditing.relations import Interval
from paramcount.auditing.verdict import AGREES, EXPLAINED, IMPOSSIBLE, TRUNCATED, UNEXPLAINED
from paramcount.catalog.names import find
from paramcount.errors import InputError
from paramcount.papers.tables import read
from paramcount.report.audit_costs import cost_audits

ROOT = Path(__file__).resolve().parent.parent


def _benchmark():
    spec = importlib.util.spec_from_file_location("audit_costs", ROOT / "benchmarks" / "audit_costs.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit_costs"] = module
    spec.loader.exec_module(module)
    return module


bench = _benchmark()


@pytest.fixture(scope="module")
def audit():
    return ours("training-costs")


@pytest.fixture(scope="module")
def rows(audit):
    return {row.claim.label: row for row in audit.rows}


@pytest.mark.parametrize(
    ("text", "quantity", "low", "high"),
    [
        ("3.14E+23", "train_flops", 3.135e23, 3.145e23),
        ("3.3E22", "train_flops", 3.25e22, 3.35e22),
        ("10,000", "n_accelerators", 10_000, 10_000),
        ("256 cores", "n_accelerators", 128, 128),
        ("355 years", "days", 354.5 * 365.25, 355.5 * 365.25),
        ("5 weeks", "days", 31.5, 38.5),
        ("90 minutes", "days", 89.5 / 1440, 90.5 / 1440),
        ("1,830 hours", "days", 1829.5 / 24, 1830.5 / 24),
        ("$4.6M", "cost_usd", 4.55e6, 4.65e6),
        ("$1.50", "price_usd_per_hour", 1.5, 1.5),
        ("1,287", "energy_mwh", 1286.5, 1287.5),
        ("46.2 %", "mfu", 0.4615, 0.4625),
        ("1.3M", "accelerator_hours", 1.25e6, 1.35e6),
        ("370k", "accelerator_hours", 369_500, 370_500),
        ("175B", "n_params", 174.5e9, 175.5e9),
        ("299,892,736,000", "n_tokens", 299_892_736_000, 299_892_736_000),
        ("512 x 1,024", "batch_tokens", 512 * 1024, 512 * 1024),
        ("1,200 hours on 6,144 and 336 hours on 3,072", "accelerator_hours", 8_399_232 + 1152, 8_408_600 + 2152),
    ],
)
def test_a_printed_figure_is_an_interval(text, quantity, low, high):
    found = figure(text, quantity).interval
    assert float(found.low) == pytest.approx(low, rel=1e-12 if "hours on" not in text else 1e-3)
    assert float(found.high) == pytest.approx(high, rel=1e-12 if "hours on" not in text else 1e-3)


def test_figures_without_an_end_and_without_a_number():
    assert figure("15T+", "n_tokens").interval == Interval(Fraction(145, 10) * 10**12, MOST)
    assert figure("under 400M", "n_tokens").interval == Interval(LEAST, Fraction(4005, 10) * 10**6)
    assert figure("over 800", "n_accelerators").interval.high == MOST
    assert figure("several months", "days") is None
    assert figure("", "days") is None


@pytest.mark.parametrize(
    ("text", "quantity"),
    [("1.3X", "n_params"), ("-5", "days"), ("0", "days"), ("5 moons", "days"), ("40 %", "days"), ("1e999", "days"),
     ("9" * 99, "days"), ("1.2.3", "days"), ("NaN", "mfu"), ("1,23", "n_tokens"), ("12 cores", "days"), ("$5", "days")],
)  # fmt: skip
def test_what_is_no_figure_is_refused(text, quantity):
    with pytest.raises(FigureError, match="valid:"):
        figure(text, quantity)


@given(st.integers(1, 9999), st.integers(0, 3), st.integers(0, 30))
def test_a_figure_admits_what_rounds_to_it_and_nothing_else(digits, decimals, exponent):
    text = f"{digits / 10**decimals:.{decimals}f}E+{exponent:02}"
    value, half = Fraction(digits, 10**decimals) * 10**exponent, Fraction(10**exponent, 2 * 10**decimals)
    assert figure(text, "train_flops").interval == Interval(value - half, value + half)


# By hand: the sides of an equation in a row, from the printed digits and their half units alone.
DAY, YEAR = 86_400, 365.25 * 24
HANDS = [
    ("GPT-3 175B", "6ND", 3.135e23, 3.145e23, 6 * 174.5e9 * 299.5e9, 6 * 175.5e9 * 300.5e9),
    ("GPT-3 175B", "PF-days", 3.135e23, 3.145e23, 3635 * 8.64e19, 3645 * 8.64e19),
    ("GPT-3 175B [2]", "FLOPs over time", 3.135e23, 3.145e23,
     1e4 * 14.75 * DAY * 24.55e12, 1e4 * 14.85 * DAY * 24.65e12),
    ("GPT-3 175B (single V100)", "money", 4.55e6, 4.65e6, 354.5 * YEAR * 1.5, 355.5 * YEAR * 1.5),
    ("Turing-NLG 17B", "6ND", 1.355e22, 1.365e22, 6 * 16.5e9 * 156.5e9, 6 * 17.5e9 * 157.5e9),
    ("Gopher 280B", "CO2 and hours", 379.5, 380.5,
     4096 * 919.5 * 282.5e-6 * 1.075 * 0.325, 4096 * 920.5 * 283.5e-6 * 1.085 * 0.335),
    ("BLOOM 176B", "device-hours", 1_082_989.5, 1_082_990.5, 384 * 116.5 * 24, 384 * 117.5 * 24),
    ("BLOOM 176B [2]", "6ND in PF-days", 7038.5 * 8.64e19, 7039.5 * 8.64e19,
     6 * 175.5e9 * 365.5e9, 6 * 176.5e9 * 366.5e9),
    ("LLaMA 65B", "tokens over time", 1.35e12, 1.45e12, 1_022_361.5 * 3600 * 379.5, 1_022_362.5 * 3600 * 380.5),
    ("LLaMA 7B", "energy", 35.5, 36.5, 82_431.5 * 399.5e-6 * 1.05, 82_432.5 * 400.5e-6 * 1.15),
    ("DeepSeek-V3 (pre-training)", "money", 5.3275e6, 5.3285e6, 2 * 2.6635e6, 2 * 2.6645e6),
    ("Megatron-LM 8.3B", "PFLOP/s", 15_050, 15_150, 512 * 29.45, 512 * 29.55),
    ("MPT benchmark 70B H100 2,048", "throughput", 988.5 * 0.42565, 989.5 * 0.42575,
     6e-12 * 64_862_437_376 * 1038.5, 6e-12 * 64_862_437_376 * 1039.5),
    ("MegaScale 175B", "PFLOP/s and utilisation", 2_166_250, 2_166_350,
     12_288 * 311.5 * 0.5515, 12_288 * 312.5 * 0.5525),
    ("Falcon-40B", "6ND in PF-days", 2799.5 * 8.64e19, 2800.5 * 8.64e19, 6 * 39.5e9 * 0.5e12, 6 * 40.5e9 * 1.5e12),
    ("BERT-Large", "steps", 136.5e9, 137.5e9, 131_072e6, 131_072e6),
    ("GLM-130B", "FLOPs over time", 6 * 129.5e9 * 399.5e9, 6 * 130.5e9 * 400.5e9,
     768 * 59.5 * DAY * 311.5e12 * 0.3245, 768 * 60.5 * DAY * 312.5e12 * 0.3255),
]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "name", "low", "high", "least", "most"), HANDS, ids=[f"{h[0]}, {h[1]}" for h in HANDS]
)
def test_both_sides_are_what_a_hand_works_out(rows, label, name, low, high, least, most):
    [check] = [check for check in rows[label].checks if check.relation.name == name]
    assert [float(end) for end in check.left] == pytest.approx([low, high], rel=1e-9)
    assert [float(end) for end in check.right] == pytest.approx([least, most], rel=1e-9)
    apart = low >= most or least >= high
    assert (check.verdict == AGREES) == (not apart)


def test_what_must_come_out_unaided(rows, audit):
    best = {label: row.explanations[0] for label, row in rows.items() if row.explanations}
    copied = best["Chinchilla 70B [2]"]
    assert (copied.kind, copied.quantity) == ("copied", "pf_days")
    assert "Gopher 280B" in copied.text
    assert copied.bits > 10
    assert "156" in best["BLOOM 176B [2]"].text or "50 % of 312" in best["BLOOM 176B [2]"].text
    assert "33 % of 19.5 TFLOP/s, the peak in fp32" in best["GPT-NeoX-20B [2]"].text
    assert best["PaLM 540B"].kind == "attention"
    assert best["OPT-175B"].kind == "recomputation"
    mpt = [one for label, one in best.items() if label.startswith("MPT benchmark")]
    assert [one.kind for one in mpt] == ["attention"] * 6
    assert all(not one.may_be_chance for one in mpt)
    assert rows["GPT-3 175B (single V100)"].verdict == TRUNCATED
    assert rows["BLOOM 176B"].verdict in (TRUNCATED, BOUND)
    for label in ("T5-11B", "T5-11B [2]", "OPT-175B", "OPT-175B [2]", "phi-1.5 1.3B", "MT-NLG 530B"):
        assert rows[label].verdict == CONTRADICTED
    for label in ("Llama 3.3 70B", "Turing-NLG 17B", "Meena 2.6B", "Gopher 280B", "BloombergGPT 50B", "MegaScale 175B"):
        assert rows[label].verdict == UNEXPLAINED
    broken = {one.name: one for one in audit.sums if one.verdict != AGREES}
    assert list(broken) == ["Llama 3.3 card, hours", "Llama 3.3 card, t"]
    assert all("Llama 3.1 card" in one.explanations[0].text for one in broken.values())


def test_more_than_twenty_rows_do_not_add_up_as_printed_and_the_famous_ones_do(rows):
    wrong = [label for label, row in rows.items() if row.verdict not in (AGREES, UNCHECKED)]
    assert len(wrong) > 20
    for label in ("GPT-3 175B", "GPT-3 175B [2]", "Chinchilla 70B", "LLaMA 65B", "LaMDA 137B", "Falcon-180B",
                  "DeepSeek-V3 (all stages)", "Switch Transformer 1.5T", "GPT-J-6B"):  # fmt: skip
        assert rows[label].verdict == AGREES
    assert not any(row.explanations for row in rows.values() if row.verdict == AGREES)


def test_what_agrees_by_few_digits_alone_is_told(rows):
    """6 · 11B · 1T is twice 3.3E22, but 1T may stand for half of that."""
    [t5] = rows["T5-11B"].loose
    assert (t5.relation, t5.ratio) == ("6ND", Fraction(1, 2))
    assert "half of the parameters, the encoder's or the decoder's" in t5.readings[0]
    assert {label for label, row in rows.items() if row.loose} == {"T5-11B", "T5-11B [2]", "SmolLM3 3B"}


def test_a_row_that_rests_on_memory_says_so(rows):
    assert rows["Turing-NLG 17B"].claim.memory == "157B tokens FROM MEMORY (300k steps of 512 x 1,024)"
    assert not rows["LLaMA 13B"].claim.memory
    marked = [row for row in read("training_costs.csv") if "FROM MEMORY" in row["seen"]]
    assert len(marked) == sum(bool(row.claim.memory) for row in rows.values())


def test_every_claim_has_its_source_and_where_it_was_seen():
    ours = read("training_costs.csv")
    assert len(ours) == 121
    assert all(None not in row and row["source"] and row["seen"] for row in ours)


def test_shapes_that_stand_in_the_table_count_to_what_is_printed():
    found = claims(read("training_costs.csv"), {})
    from paramcount.auditing.costs.table import OURS
    from paramcount.papers.preamble import read_preamble

    with open(ROOT / "tables" / OURS["training-costs"], encoding="utf-8") as lines:
        shapes = read_preamble(lines)["shape"]
    for one in found:
        if "n_layers" in shapes.get(one.model, ""):
            total = next(way.params for way in ways(shapes[one.model]) if "all parameters" in way.text)
            assert total == one.figures["n_params"].nominal


def test_every_equation_is_of_quantities_that_have_a_column_or_stand_for_something():
    known = {*columns(), *bounds(), "peak_tflops", "tdp_w"}
    assert set(quantities()) <= known
    assert all(relation.source and relation.name for relation in RELATIONS)
    assert all(power in (1, -1) for relation in RELATIONS for power in relation.factors[1].values())


@given(st.sampled_from(RELATIONS), st.data())
def test_what_a_quantity_may_be_is_what_makes_the_equation_hold(relation, data):
    """The interval found by `admitted`, with its ends put back into the equation."""
    number, powers = relation.factors
    known = {name: Interval(*[Fraction(data.draw(st.integers(1, 1000)))] * 2) for name in powers}
    name = data.draw(st.sampled_from(sorted(powers)))
    low, high = admitted(name, [relation], known)
    ends = {"=": (1,), "<=": (1, bounds()["busy"].low), "<": (1,)}[relation.sign]
    inner = [end for end in (low, high) if LEAST < end < MOST]
    reached = [multiplied(number, powers, {**known, name: Interval(end, end)}).low for end in inner]
    assert reached
    assert all(ratio in ends for ratio in reached)


@settings(max_examples=200)
@given(st.integers(0, 2**32))
def test_rows_that_add_up_raise_no_alarm(seed):
    row = bench.made_up(random.Random(seed))
    found = checks(row.claim())
    assert found
    assert all(check.verdict == AGREES for check in found), [check for check in found if check.verdict != AGREES]


@pytest.mark.parametrize("kind", bench.KINDS)
def test_a_planted_reason_is_noticed_and_named_first(kind):
    rng = random.Random(3)
    others = bench.pool(rng)
    outcomes = [bench.planted(kind, rng, others) for _ in range(12)]
    assert not any(adds_up for adds_up, _ in outcomes)
    first = [found[0].kind for _, found in outcomes if found]
    assert first.count(kind) >= 11


def test_a_sparse_peak_and_hardware_flops_by_hand():
    """200 TFLOP/s is 64.1 % of 312 and 32.1 % of 624. 30 % of 312 is 93.6, which is 40 % with a fourth pass."""
    sparse = claim({"model": "a", "accelerator": "A100", "tflops_per_accelerator": "200.0", "mfu": "32.05 %"})
    assert explaining.explain(sparse, checks(sparse), {})[0].kind == "sparse peak"
    hardware = claim({"model": "a", "accelerator": "A100", "tflops_per_accelerator": "93.60", "mfu": "40.00 %"})
    kinds = [(one.kind, one.quantity) for one in explaining.explain(hardware, checks(hardware), {})]
    assert kinds[0] == ("hardware FLOPs", "mfu")


def test_more_hours_than_devices_and_days_have_are_impossible(run, tmp_path):
    path = tmp_path / "own.csv"
    text = "# kind: costs\nmodel,n_accelerators,days,accelerator_hours\nx,100,10.0,31111.5\n"
    path.write_text(text)
    [row] = json.loads(run("audit", str(path), "--json").stdout)["tables"][0]["rows"]
    assert row["verdict"] == IMPOSSIBLE


def test_idle_time_is_a_bound_and_no_error():
    one = claim({"model": "x", "n_accelerators": "100", "days": "10.0", "accelerator_hours": "18,000"})
    assert [check.verdict for check in checks(one)] == [BOUND]


@pytest.mark.parametrize("rows", [150, pytest.param(4000, marks=pytest.mark.slow)])
def test_false_explanations_are_as_rare_as_their_bits_say(rows):
    bits = list(bench.nulls(rows))
    assert sum(one >= 3 for one in bits) <= 0.125 * len(bits)
    assert sum(one >= 10 for one in bits) <= 0.001 * len(bits)


def test_without_their_prices_false_explanations_would_be_too_many(monkeypatch):
    """The bound above holds only because of what naming costs."""

    def free(*arguments):
        return [one._replace(cost=0.0) for one in hypotheses(*arguments)]

    monkeypatch.setattr(explaining, "hypotheses", free)
    bits = list(bench.nulls(150))
    assert sum(one >= 5 for one in bits) > len(bits) / 2**5


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_the_prices_of_all_explanations_of_a_row_come_to_one_at_most(seed):
    """Kraft's inequality: no choice of explanations is likelier by luck than its bits say."""
    rng = random.Random(seed)
    one = bench.made_up(rng).claim()
    found = hypotheses(one, list(one.figures), elsewhere(bench.pool(random.Random(1))[:20]))
    assert sum(2.0**-h.cost for h in found) <= 1 + 1e-9


def test_an_exact_count_is_the_catalogs(rows):
    """PaLM's 6N + 12·L·H·Q·T by the paper's sizes: 118 layers, 48 heads of 256, 2,048 positions."""
    total = int(find("palm-540b").model().total())
    by_hand = total + 2 * 118 * 48 * 256 * 2048
    assert any(way.params == by_hand for way in ways("palm-540b seq=2048"))


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("V100", "v100"),
        ("A100", "a100-80gb"),
        ("H100-80GB", "h100-sxm"),
        ("TPU v3-256", "tpu-v3"),
        ("TPU v4", "tpu-v4"),
    ],
)
def test_devices_by_their_printed_names(printed, name):
    assert device(printed).name == name
    assert device("TPU v3/v4") is None


OWN = """# kind: costs
# title: Draft
# sum hours: accelerator_hours_printed = 3.0M of a; b
model,n_params_printed,n_tokens_printed,train_flops_printed,accelerator,accelerator_hours_printed
a,7.00B,2.00T,8.40E+22,A100,1.0M
b,13.00B,2.000T,2.080E+23,A100,2.0M
"""


def test_a_table_of_ones_own(run, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(OWN)
    assert run("audit", str(path), "--strict").exit_code == 1
    data = json.loads(run("audit", str(path), "--json").stdout)
    table = data["tables"][0]
    assert (table["table"], table["kind"], len(table["rows"]), len(table["sums"])) == ("own", "costs", 2, 1)
    first, second = table["rows"]
    assert (first["verdict"], second["verdict"]) == (AGREES, EXPLAINED)
    assert second["explanations"][0]["text"].startswith("the FLOPs include an extra forward pass")
    assert table["sums"][0]["verdict"] == AGREES
    path.write_text(OWN.replace("2.080E+23", "1.560E+23"))
    assert run("audit", str(path), "--strict").exit_code == 0


CELLS = st.one_of(
    st.sampled_from(
        ["1T", "15T+", "under 1", "over 3M", "46 %", "1E+35", "1E-11", "2 years", "$3 the node", "256 cores"]
    ),
    st.sampled_from(["512 x 1,024", "several months", "1 hours on 2 and 3 hours on 4", "1,2", "9" * 40, "x", "\u0662"]),
    st.text(st.sampled_from("0123456789.,eE+-%$kMBT x"), max_size=12),
)


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from([*columns()]), CELLS, min_size=1, max_size=8),
    st.sampled_from(["", "A100", "TPU v3"]),
)
def test_any_cells_are_audited_or_refused_in_a_line(cells, accelerator):
    lines = ["# kind: costs\n", ",".join(["model", "accelerator", *(f"{name}_printed" for name in cells)]) + "\n"]
    for model in ("a", "a", "b"):
        lines.append(",".join([model, accelerator, *(f'"{text}"' for text in cells.values())]) + "\n")
    refused = ""
    try:
        report = cost_audits([audit_file("own.csv", lines)])
    except InputError as error:
        refused = str(error)
    if refused:
        assert "\n" not in refused
        assert "row 1, column" in refused
    else:
        assert len(report.documents()[0]["tables"][0]["rows"]) == 3
        json.dumps(report.data, allow_nan=False)


@pytest.mark.parametrize(
    "shape",
    ["gpt", "gpt n_layers=x", "gpt3-xl seq=0", "gpt3-xl seq=", "nothing", "gpt3-xl n_layers=-1", "gpt3-xl n_layrs=3"],
)
def test_a_bad_shape_is_refused_in_a_line(run, tmp_path, shape):
    path = tmp_path / "bad.csv"
    path.write_text(OWN.replace("# title: Draft", f"# shape a: {shape}"))
    refused = run("audit", str(path))
    assert (refused.exit_code, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert "shape a:" in refused.stderr


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("n_tokens_printed", "n_tokns_printed", "unknown column 'n_tokns_printed' in a table of costs; did you mean"),
        ("# title", "# tilte", "unknown key 'tilte'; did you mean title"),
        ("kind: costs", "kind: cost", "unknown kind cost; valid: costs"),
        ("a,7.00B", "a,7.00X", "row 1, column n_params: '7.00X' is not a figure"),
        ("A100,1.0M", "A1000,1.0M", "row 1, column accelerator: unknown accelerator A1000; did you mean"),
        ("3.0M of a; b", "3.0M of a; c", "sum hours: no row 'c'"),
        ("accelerator_hours_printed = 3.0M", "hours = 3.0M", "sum hours: no column 'hours'"),
        ("# title: Draft", "# shape c: gpt3-xl", "shape c: no row has this name"),
        ("# title: Draft", "# shape a: gpt3-xxl", "gpt3-xxl is not a known model"),
        ("# title: Draft", "# shape: gpt3-xl", "valid: # shape NAME"),
        ("b,13.00B", "b,13.00B,1", "row 2: 7 cells; valid: 6, as in the header"),
        ("model,n", "mdel,n", "unknown column 'mdel'"),
        ("a,7.00B", ",7.00B", "row 1, column model: empty"),
    ],
)  # fmt: skip
def test_a_bad_table_is_refused_with_what_is_wrong(run, tmp_path, was, now, said):
    path = tmp_path / "bad.csv"
    assert was in OWN
    path.write_text(OWN.replace(was, now, 1))
    refused = run("audit", str(path))
    assert (refused.exit_code, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert said in refused.stderr


def test_too_many_rows_of_a_model_are_refused(run, tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("# kind: costs\nmodel,days\n" + "a,1\n" * 21)
    assert "row 21: too many rows of a; valid: up to 20" in run("audit", str(path)).stderr


def test_a_misspelt_name_of_the_table_is_answered(run):
    assert "did you mean training-costs" in run("audit", "training-cost").stderr


@pytest.mark.parametrize("form", ["table", "json", "csv", "md", "tex"])
def test_it_is_written_in_every_form(run, form):
    done = run("audit", "gpt2", "training-costs", "--format", form)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.strip()


def test_the_json_contract(run):
    data = json.loads(run("audit", "gpt2", "training-costs", "--json").stdout)
    assert [table["table"] for table in data["tables"]] == ["gpt2", "training-costs"]
    table = data["tables"][1]
    assert table.keys() == {"table", "kind", "source", "rows", "sums"}
    row = next(row for row in table["rows"] if row["row"] == "Chinchilla 70B [2]")
    assert row.keys() == {"row", "model", "source", "where", "from_memory", "note", "printed", "verdict", "utilisation",
                          "checks", "explanations", "loose", "contradictions"}  # fmt: skip
    assert row["printed"] == {"pf_days": "7303.24"}
    assert row["checks"][0].keys() == {"relation", "formula", "source", "left", "right", "ratio", "verdict", "saved_by",
                                       "figures_of"}  # fmt: skip
    assert row["explanations"][0].keys() == {"kind", "quantity", "text", "source", "bits", "may_be_chance", "mends"}
    llama = next(row for row in table["rows"] if row["row"] == "Llama 3 8B")
    assert llama["checks"][0]["left"][1] is None  # 15T+ has no upper end


def _lines_of_the_page():
    page = (ROOT / "docs" / "audit-costs.md").read_text(encoding="utf-8")
    for line in page[: page.index("## Verdicts")].splitlines():
        if line.startswith("| ") and not line.startswith(("| row", "| ---")):
            labels, verdict, *_ = (cell.strip() for cell in line.strip("|").split(" | "))
            yield from ((label, verdict) for label in labels.split("; "))


def test_the_page_lists_every_row_that_does_not_add_up_with_its_verdict_and_whether_it_rests_on_memory(rows):
    told = {label.rstrip("*"): verdict for label, verdict in _lines_of_the_page()}
    assert told == {label: row.verdict for label, row in rows.items() if row.verdict not in (AGREES, UNCHECKED)}
    marked = {label.rstrip("*") for label, _ in _lines_of_the_page() if label.endswith("*")}
    assert marked == {label for label in told if rows[label].claim.memory}


def test_the_page_names_every_equation():
    page = (ROOT / "docs" / "audit-costs.md").read_text(encoding="utf-8")
    section = page[page.index("## The equations") : page.index("## Evidence")]
    named = [
        name for line in section.splitlines() if line.startswith("| ") for name in line.split(" | ")[0][2:].split("; ")
    ]
    assert set(named) - {"equation", "---"} == {relation.name for relation in RELATIONS}


def test_it_is_light():
    import subprocess

    code = (
        "import sys\nfrom paramcount.cli import main\ntry: main(['audit', 'training-costs'])\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not set(done.stderr.split()) & {"numpy", "sympy", "pandas", "matplotlib", "torch", "scipy"}
