"""The audit command: verdicts, tables of your own, relations, and what it must find without help."""

import json
import subprocess
import sys

import pytest

from paramcount.auditing.relations import RelationError, interval, relate
from paramcount.auditing.table import audit
from paramcount.auditing.verdict import AGREES, IMPOSSIBLE, TRUNCATED, UNEXPLAINED, ZEROS, alone, worst
from paramcount.papers.claim import claim
from paramcount.papers.tables import tables

OWN = """model,n_params_printed,n_layers,d_model,n_heads,d_head,n_vocab,n_ctx
ours small,124M,12,768,12,64,50257,1024
ours medium,355M,24,1024,16,64,50257,1024
ours large,774M,36,1280,20,64,50257,1024
"""


@pytest.mark.parametrize(
    ("printed", "count", "verdict"),
    [
        ("1.3B", 1_315_723_264, AGREES),
        ("65.2B", 65_285_660_672, TRUNCATED),
        ("340M", 335_141_888, ZEROS),
        ("1,320M", 1_316_000_000, ZEROS),
        ("1.30B", 1_316_000_000, UNEXPLAINED),
        ("124,439,808", 124_439_809, UNEXPLAINED),
    ],
)
def test_a_figure_is_judged_by_its_own_digits(printed, count, verdict):
    assert alone(printed, claim(printed), count) == verdict


def test_a_row_is_as_good_as_its_worst_figure():
    assert worst([AGREES, ZEROS, TRUNCATED]) == ZEROS
    assert worst([AGREES, IMPOSSIBLE]) == IMPOSSIBLE
    assert worst([]) == AGREES


def test_every_published_table_is_audited():
    for table in tables().values():
        result = audit(table)
        assert result.rows or result.relations
        for row in result.rows:
            assert (row.verdict == AGREES) <= (not row.explanations)


def test_what_must_come_out_unaided():
    gpt2 = audit(tables()["gpt2"])
    assert gpt2.explanations[0].edit == {"n_vocab": 40478}
    assert gpt2.explanations[0].admissible == (40_468, 40_812)
    assert len(gpt2.explanations[0].rows) == 4
    gpt3 = {row.label: row for row in audit(tables()["gpt3"]).rows}
    assert gpt3["GPT-3 XL"].explanations[0].edit == {"n_heads": 16}
    assert gpt3["GPT-3 13B"].explanations[0].edit == {"d_model": 5120}
    assert "12,850M" in gpt3["GPT-3 13B"].explanations[0].text
    for label in ("GPT-3 13B", "GPT-3 175B"):
        assert any("nominal" in explanation.text for explanation in gpt3[label].explanations)
    assert all(row.verdict == AGREES for row in audit(tables()["chinchilla"]).rows)
    llama = {row.label: row.verdict for row in audit(tables()["llama"]).rows}
    assert llama["LLaMA 65B"] == TRUNCATED
    for name, column in (("bloom", "n_params_printed"), ("pythia", "n_params_non_embedding")):
        exact = [j for row in audit(tables()[name]).rows for j in row.published if j.figure.column == column]
        assert len(exact) > 5
        assert all(j.verdict == AGREES and j.figure.claim.high - j.figure.claim.low == 1 for j in exact)
    data = {related.row: related for related in audit(tables()["gpt3-data"]).relations}
    assert [row for row, related in data.items() if not related.holds] == ["WebText2"]
    budgets = {related.row: related for related in audit(tables()["chinchilla-budgets-2"]).relations}
    assert budgets["3 175B"].off_by == "too small by 10"
    assert ("train_flops", "1.26e+24", "1.26e+25") in [mend[:3] for mend in budgets["3 175B"].mended_by]


def test_chinchillas_rows_do_not_all_agree_without_relative_positions():
    from paramcount.auditing.counting import count

    rows = [row.spec for row in audit(tables()["chinchilla"]).rows]
    plain = "total without norm, final norm, relative positions"
    assert len(rows) == 50
    assert sum(row.published[0].claim.admits(count(row, row.sizes, plain)) for row in rows) < 5


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2.9", 2.85, 2.95),
        ("60%", 0.595, 0.605),
        ("1.26e+24", 1.255e24, 1.265e24),
        ("300B", 2.995e11, 3.005e11),
        ("6", 5.5, 6.5),
    ],
)
def test_a_printed_number_is_an_interval(text, low, high):
    found = interval(text)
    assert float(found.low) == pytest.approx(low)
    assert float(found.high) == pytest.approx(high)


def test_relations_hold_where_some_rounding_makes_them_hold():
    relation = "train_flops = 6 * n_params * n_tokens / 10^3"
    cells = {"train_flops": "1.92e+16", "n_params_printed": "400M", "n_tokens_printed": "8.0B"}
    assert relate(relation, "a", cells).holds
    assert not relate(relation, "a", {**cells, "train_flops": "1.92e+17"}).holds
    assert relate(relation, "a", {**cells, "train_flops": "1.92e+17"}).off_by == "too large by 10"


@pytest.mark.parametrize(
    "right", ["__import__('os')", "n_params.real", "n_params if 1 else 2", "n_params ** 1000", "(", "x"]
)
def test_a_relation_is_never_run_as_code(right):
    with pytest.raises(RelationError):
        relate(f"train_flops = {right}", "a", {"train_flops": "1.0e9", "n_params": "3"})


def test_a_table_of_ones_own_is_audited(run, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(OWN)
    assert run("audit", str(path), "--strict").exit_code == 0
    path.write_text(OWN.replace("24,1024,16", "42,1024,16"))
    failed = run("audit", str(path), "--strict", "--json")
    assert failed.exit_code == 1
    row = json.loads(failed.stdout)["tables"][0]["rows"][1]
    assert row["verdict"] != AGREES
    assert row["explanations"][0]["edit"] == {"n_layers": 24}


def test_the_json_contract_of_audit(run):
    data = json.loads(run("audit", "gpt3", "gpt3-data", "--json").stdout)
    assert data["schema"] == 1
    assert [table["table"] for table in data["tables"]] == ["gpt3", "gpt3-data"]
    row = data["tables"][0]["rows"][3]
    assert row["model"] == "GPT-3 XL"
    assert row["total"] == 1_517_123_584
    assert {"column", "printed", "interval", "verdict"} <= row["published"][0].keys()
    best = row["explanations"][0]
    assert best["edit"] == {"n_heads": 16}
    assert best["bits"] > 0
    assert best["command"] == "paramcount gpt3-xl --set n_heads=16"
    broken = [related for related in data["tables"][1]["relations"] if not related["holds"]]
    assert [related["row"] for related in broken] == ["WebText2"]


def test_all_tables_are_summed_up(run):
    out = run("audit", "--all").stdout
    assert out.splitlines()[-1].startswith(f"{len(tables())} tables, ")
    assert run("audit", "--all", "--strict").exit_code == 1
    assert run("audit", "cerebras-gpt", "--strict").exit_code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no header row"),
        ("n_layers,d_model\n1,2\n", "column model is missing"),
        (OWN.replace("12,768", "12,x768"), "row 1, column d_model: 'x768' is not a size"),
        (OWN.replace("12,768", "12,-768"), "row 1, column d_model"),
        (OWN.replace("355M", "about 355M"), "row 2, column n_params_printed"),
        (OWN.replace("ours large", "ours small"), "row 3: 'ours small' is already the label of row 1"),
        (OWN + "short row\n", "row 4: 1 cell; valid: 8, as in the header"),
        ("# family: gtp\n" + OWN, "unknown family 'gtp'"),
        ("# relation a: n_layers = import os\n" + OWN, "relation"),
        (OWN + "x,1M,1,1,1,1,1,1\n" * 10_001, "rows; valid: up to 1,000"),
        (OWN.replace("124M", "0"), "row 1, column n_params_printed: '0' is not a parameter count"),
        (OWN.replace("124M", "0M"), "row 1, column n_params_printed: '0M' is not a parameter count"),
        (OWN.replace("124M", "1" * 5000), "row 1, column n_params_printed"),
        (OWN.replace("124M", "1" * 200_000), "field larger than field limit"),
        ("# reading n_params_printed: nope\n" + OWN, "reading n_params_printed: 'nope': no component nope; valid:"),
        ("# reading n_params_printed: total without nope\n" + OWN, "no component nope; valid: total"),
        ("# reading n_params: active\n" + OWN, "not a column of counts; valid: n_params_printed"),
        ("# insignificant zeros: -1\n" + OWN, "insignificant zeros: -1"),
        (OWN.replace("n_ctx", "n_layers"), "column n_layers is there twice"),
        ("# relation a: n_layers = 1e999\n" + OWN, "relation"),
        ("# relation a: n_layers = True\n" + OWN, "relation"),
        ("# relation a: n_layers = (d_model ^ 100) ^ 100\n" + OWN, "a power is too large"),
        ("# relation a: n_layers = d_model ^ 100 * d_model ^ 90\n" + OWN, "10^300"),
        ("# relation a: n_layers = " + "-" * 20_000 + "1\n" + OWN, "relation"),
        (OWN.replace(",768,", ",768" + "0" * 5000 + ","), "is not a size"),
    ],
)
def test_a_bad_table_is_refused_with_its_row_and_column(run, tmp_path, text, said):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    refused = run("audit", str(path))
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert said in refused.stderr


def test_what_is_not_utf8_or_not_there_is_refused(run, tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes("model,n_params_printed\ncafé,1M\n".encode("latin-1"))
    assert "not UTF-8 at byte" in run("audit", str(path)).stderr
    assert "No such file" in run("audit", str(tmp_path / "none.csv")).stderr
    assert "Is a directory" in run("audit", f"{tmp_path}/").stderr
    assert "did you mean gpt3, gpt3-data, gpt3-compute?" in run("audit", "gpt33").stderr
    assert "no table given" in run("audit").stderr


def test_a_row_that_states_no_model_is_impossible(run, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("model,n_params_printed,n_layers,d_model,n_heads,n_vocab,n_ctx\nodd,1M,2,100,7,50,60\n")
    data = json.loads(run("audit", str(path), "--json").stdout)
    row = data["tables"][0]["rows"][0]
    assert row["verdict"] == IMPOSSIBLE
    assert "not a multiple of n_heads = 7" in row["fault"]


def test_an_audit_is_light():
    code = (
        "import sys\nfrom paramcount.cli import main\ntry: main(['audit', '--all'])\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stderr.split()) & {"numpy", "sympy", "pandas", "matplotlib", "torch"}
