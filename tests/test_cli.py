"""The command line as people use it."""

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys

import pytest
from terminals import terminal

import paramcount
from paramcount.catalog import names
from paramcount.papers.tables import tables

FORMATS = ("table", "json", "csv", "md", "tex")


def test_a_model_needs_no_verb(run):
    assert run("gpt3-xl") == run("show", "gpt3-xl")
    assert run("--json", "gpt3-xl").stdout == run("gpt3-xl", "--json").stdout


def test_show_says_where_the_parameters_are(run):
    out = run("gpt3-xl").stdout
    for said in (
        "n_layers·(d_model·(4·n_heads·d_head + 1) + 3·n_heads·d_head)",
        "1,517,123,584",
        "1,410,002,944",
        "24 layers of 58,749,952 parameters, 1,409,998,848 in all.",
        "1.25–1.35B",
        "n_heads·d_head = 3072 ≠ d_model = 2048",
        "1,315,723,264, which agrees with 1.3B (Table 2.1) and 1,320M (Table D.1)",
        "paramcount gpt3-xl --set n_heads=16",
    ):
        assert said in out


def test_the_explained_model_agrees(run):
    shown = json.loads(run("gpt3-xl", "--set", "n_heads=16", "--json").stdout)
    assert shown["total"] == 1_315_723_264
    assert [figure["agrees"] for figure in shown["published"]] == [True, True]
    assert shown["overridden"] == {"n_heads": 16}


@pytest.mark.parametrize("name", names.names())
def test_the_json_contract_of_show(run, name):
    """docs/json.md: integers unrounded, components that add up, schema 1."""
    shown = json.loads(run(name, "--json").stdout)
    assert shown["schema"] == 1
    assert shown["model"] == name
    assert sum(part["params"] for part in shown["components"]) == shown["total"] == names.find(name).model().total()
    assert abs(sum(part["share"] for part in shown["components"]) - 1) < 1e-12
    assert {"family", "hyperparameters", "non_embedding", "published", "explanations"} <= shown.keys()
    for part in shown["components"]:
        assert {"name", "formula", "params", "share"} <= part.keys()
    for figure in shown["published"]:
        assert {"source", "printed", "agrees", "error"} <= figure.keys()
    disagrees = not all(figure["agrees"] for figure in shown["published"])
    assert disagrees or not shown["explanations"]


def test_several_models_are_columns_and_a_list(run):
    out = run("gpt2-small", "gpt3-small").stdout
    assert re.search(r"total\s+124,439,808\s+125,226,240", out)
    both = json.loads(run("gpt2-small", "gpt3-small", "--json").stdout)
    assert [document["model"] for document in both] == ["gpt2-small", "gpt3-small"]


def test_tensors_split_attention(run):
    lines = csv.DictReader(io.StringIO(run("gpt3-175b", "--tensors", "--format", "csv").stdout))
    rows = [row for row in lines if row["table"] == "tensor"]
    names = [row["name"] for row in rows]
    for tensor in ("W_Q", "W_K", "W_V", "W_O", "b_Q", "b_K", "b_V", "b_O"):
        assert f"layers.*.attention.{tensor}" in names
    assert sum(int(row["params"]) for row in rows[:-1]) == int(rows[-1]["params"]) == 174_604_259_328


def test_a_whole_model_is_given_by_its_sizes(run):
    sizes = {"n_layers": 12, "d_model": 768, "n_heads": 12, "n_vocab": 50257, "n_ctx": "1024"}
    arguments = [part for field, value in sizes.items() for part in ("--set", f"{field}={value}")]
    shown = json.loads(run("gpt", *arguments, "--json").stdout)
    assert shown["total"] == 124_439_808
    elhage = run(
        "attention-only", "--set", "n_layers=2", "--set", "d_model=768", "--set", "n_heads=12", "--set", "n_vocab=50257"
    )
    assert "2·n_vocab·d_model" not in elhage.stdout  # two tables, two rows
    assert "output head" in elhage.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["gpt3-xl"],
        ["gpt2", "gpt3"],
        ["table", "gpt3"],
        ["models"],
        ["gpt2", "--tensors"],
        ["flops", "gpt2"],
        ["flops", "gpt2", "--conventions"],
        ["cache", "gpt2"],
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_of_every_command(run, arguments, form, tmp_path):
    """A file with the suffix of a format gets what --format prints."""
    printed = run(*arguments, "--format", form)
    assert printed.exit_code == 0
    assert printed.stderr == ""
    suffix = {"table": "txt"}.get(form, form)
    path = tmp_path / f"out.{suffix}"
    assert run(*arguments, "-o", str(path)).stdout == ""
    assert path.read_text(encoding="utf-8") == printed.stdout


def test_csv_reads_back_equal(run):
    rows = csv.DictReader(io.StringIO(run("gpt3-175b", "--format", "csv").stdout))
    counted = {row["name"]: int(row["params"]) for row in rows if row["table"] == "component"}
    model = names.find("gpt3-175b").model()
    assert counted == {**model.by_component(), "total": model.total(), "non-embedding": model.non_embedding()}


def test_markdown_is_a_table_and_latex_is_escaped(run):
    markdown = run("gpt3-xl", "--format", "md").stdout
    assert r"| feed-forward | n\_layers·d\_model·(8·d\_model + 5) |" in markdown
    latex = run("gpt3-xl", "--format", "tex").stdout
    assert r"n_{\text{layers}} \, d_{\text{model}} \, (8 \, d_{\text{model}} + 5)$" in latex
    body = "\n".join(line for line in latex.splitlines() if not line.startswith("%"))
    assert not re.search(r"(?<!\\)%", body)
    assert all(ord(char) < 0x2000 for char in body)


WITHOUT_SHAPES = {
    "chinchilla-budgets",
    "chinchilla-budgets-2",
    "gopher-compute",
    "gpt3-data",
    "llama-carbon",
    "araelectra",
    "biomegatron",
}


EACH_IN_ONE_FORMAT = [(name, [FORMATS[at % len(FORMATS)]]) for at, name in enumerate(tables())]
EACH_IN_ALL = [pytest.param(name, FORMATS, marks=pytest.mark.thorough, id=f"{name}-all") for name in tables()]


@pytest.mark.parametrize(("name", "forms"), [*EACH_IN_ONE_FORMAT, *EACH_IN_ALL])
def test_every_table_is_recomputed_or_refused_in_a_line(run, name, forms):
    for form in forms:
        done = run("table", name, "--format", form)
        if name in WITHOUT_SHAPES:
            assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
            assert f"paramcount audit {name}" in done.stderr
        else:
            assert (done.exit_code, done.stderr) == (0, "")
            assert done.stdout.strip()


@pytest.mark.parametrize(("name", "forms"), [*EACH_IN_ONE_FORMAT, *EACH_IN_ALL])
def test_every_table_is_audited(run, name, forms):
    for form in forms:
        done = run("audit", name, "--format", form)
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout.strip()


def test_a_table_of_shapes_is_recomputed_though_its_rows_are_not_in_the_catalog(run):
    rows = json.loads(run("table", "chinchilla-flops", "--json").stdout)["rows"]
    assert [row["row"] for row in rows][:2] == ["73M", "305M"]
    assert {row["model"] for row in rows} == {None}
    # d_model 640, 10 layers: embedding, attention with relative positions, feed-forward; the norms' 21 gains of 640.
    attention = 5 * 640 * 640 + 3 * 640 + 640 + 2 * 640
    feed_forward = 2 * 640 * 2560 + 2560 + 640
    assert rows[0]["total"] == 32_000 * 640 + 10 * (attention + feed_forward) + 21 * 640


def test_table_recomputes_gpt3_beside_table_d1(run):
    data = json.loads(run("table", "gpt3", "--json").stdout)
    assert (data["table"], data["source"]) == ("gpt3", "arXiv:2005.14165v4, Table 2.1")
    rows = {row["model"]: row for row in data["rows"]}
    assert rows["gpt3-xl"]["printed"] == "1.3B"
    assert rows["gpt3-xl"]["beside"][0]["printed"] == "1,320M"
    assert [rows[name]["agrees"] for name in rows] == [True, False, True, False, True, True, False, False]
    assert rows["gpt3-175b"]["error"] == pytest.approx(-0.00226, abs=1e-5)


def test_table_lists_the_tables(run):
    found = json.loads(run("table", "--json").stdout)["tables"]
    assert [one["table"] for one in found] == paramcount.list_tables() == sorted(tables())
    assert {"table": "gpt3", "title": "GPT-3 model sizes", "year": 2020, "rows": 8}.items() <= found[
        paramcount.list_tables().index("gpt3")
    ].items()
    lines = terminal("table", 80).splitlines()
    assert max(map(len, lines[1:])) <= 80
    assert len(lines) < len(found) + 20  # a line each, but for a few titles


def test_models_lists_the_catalog(run):
    assert run("models", "-q").stdout.split() == names.names()
    data = json.loads(run("models", "--json").stdout)
    assert {model["model"]: model["total"] for model in data["models"]} == {
        spec.name: spec.model().total() for spec in names.everything()
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gpt5"], "did you mean"),
        (["gpt3-xxl"], "did you mean gpt3-xl"),
        (["sovle"], "did you mean solve"),
        (["zzzzzz"], "`paramcount models` lists the models"),
        (["gpt3-xl", "--set", "n_layers=1e400"], "larger than 1e36"),
        (["gpt3-xl", "--set", "n_layers=0"], "zero"),
        (["gpt3-xl", "--set", "n_layers=-3"], "not a positive whole number"),
        (["gpt3-xl", "--set", "n_layers=1.5"], "not a positive whole number"),
        (["gpt3-xl", "--set", "layers=3"], "not a hyperparameter of gpt; valid: n_layers"),
        (["gpt"], "gpt is a family; valid: one of its models, e.g. gpt1, "),
        (["gpt", "--set", "n_layers=3"], "d_model, n_heads, d_head, d_ff, n_vocab, n_ctx not given"),
        (["gpt3-xl", "--format", "xml"], "--format xml: unknown value; valid: table, json, jsonl, csv, tsv, md, tex"),
        (["gpt3-xl", "-o", "out.xls"], "unknown suffix '.xls'; valid: .txt, .json, .jsonl, .csv, .tsv, .md, .tex"),
        (["gpt3-xl", "-o", "/nowhere/out.csv"], "valid: a file in an existing, writable folder"),
        (["gpt3-xl", "--colour"], "--colour is not an option of show; `paramcount show --help` lists them"),
        (["table", "gpt4"], "is not a known table; did you mean gpt1, gpt2, gpt3?"),
        (["audit"], "audit: no table given; valid: a table (`paramcount table` lists them), a file, or --all"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line_and_exit_2(run, arguments, said):
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert refused.stderr.startswith("paramcount: ")
    assert said in refused.stderr


def test_a_file_is_replaced_only_when_complete(run, tmp_path, monkeypatch):
    """A write that fails half-way leaves the old file and nothing else."""
    path = tmp_path / "out.csv"
    path.write_text("precious")
    path.chmod(0o640)

    def break_off(report):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(sys.modules["paramcount.report.export"].WRITERS, "csv", break_off)
    refused = run("gpt3-xl", "-o", str(path))
    assert refused.exit_code == 2
    assert "No space left on device" in refused.stderr
    assert path.read_text() == "precious"
    assert os.listdir(tmp_path) == ["out.csv"]
    monkeypatch.undo()
    assert run("gpt3-xl", "-o", str(path)).exit_code == 0
    assert path.read_text().startswith("table,name,formula")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.thorough
@pytest.mark.parametrize("columns", [80, 104, 160])
@pytest.mark.parametrize(
    "arguments",
    [
        "gpt3-xl",
        "gpt3-175b --tensors",
        "table gpt3",
        "models",
        "gpt2-small gpt2-xl",
        "solve --params 100T",
        "compare gpt2-small gpt2-xl",
        "formula gpt3-175b --leading",
        "deepseek-v3",
        "deepseek-v3 --tensors",
        "docs/examples/tiny-mixtral",
    ],
)
def test_a_terminal_is_not_overrun_and_no_number_is_cut(arguments, columns):
    plain = terminal(arguments, columns, NO_COLOR="1")
    assert "…" not in plain
    assert not re.search("\x1b\\[[0-9;]*[34][0-9]", plain)  # NO_COLOR holds; bold may stay
    lines = re.sub("\x1b\\[[0-9;]*m", "", plain).splitlines()
    assert all(len(line.rstrip()) <= columns for line in lines)


@pytest.mark.parametrize("name", ["mixtral-8x22b", "deepseek-v3", "bert-base-uncased"])
def test_no_symbol_of_a_formula_is_broken_in_aterminal(name):
    """Lines break only after a space or a product's dot, so every symbol in the table below appears whole above."""
    plain = re.sub("\x1b\\[[0-9;]*m", "", terminal(f"formula {name}", 60, NO_COLOR="1"))
    _, table = plain.split("component", 1)
    symbols = set(re.findall(r"[a-z]+_[a-z_]+", " ".join(map(str, names.find(name).formula().symbols()))))
    assert set(re.findall(r"[a-z]+_[a-z_]*", table)) == symbols


def test_components_of_several_models_stand_in_their_order(run):
    out = run("deepseek-v3", "gpt3-xl", "--format", "csv").stdout
    names = [line.partition(",")[0] for line in out.splitlines()]
    assert names.index("token embedding") + 1 == names.index("position embedding")
    assert names.index("layer norm") < names.index("final norm") < names.index("output head")


def test_colour_is_used_in_terminals_alone(run):
    assert "\x1b[" in terminal("gpt3-xl", 160)
    assert "\x1b[" not in run("gpt3-xl").stdout


def test_in_a_pipe_nothing_is_cut():
    done = subprocess.run(
        [sys.executable, "-m", "paramcount", "gpt3-175b"],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "40"},
    )
    assert "n_layers·(d_model·(4·n_heads·d_head + 1) + 3·n_heads·d_head)" in done.stdout


def test_help_version_and_examples(run):
    for arguments in (["-h"], ["--help"], ["show", "-h"], ["table", "-h"], ["models", "-h"]):
        shown = run(*arguments)
        assert shown.exit_code == 0
        assert "Examples:" in shown.stdout
        assert all(len(line) <= 110 for line in shown.stdout.splitlines())
    assert re.fullmatch(r"paramcount \d+\.\d+\.\d+\n", run("--version").stdout)
    assert "Usage" in run().stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_models_and_verbs_are_completed(shell):
    words = {"COMP_WORDS": "paramcount gpt3", "COMP_CWORD": "1" if shell != "fish" else "gpt3"}
    env = {**os.environ, "_PARAMCOUNT_COMPLETE": f"{shell}_complete", **words}
    done = subprocess.run([sys.executable, "-m", "paramcount"], capture_output=True, text=True, env=env)
    assert "gpt3-175b" in done.stdout


@pytest.mark.parametrize("words", ["paramcount ./conf", "paramcount my-conf", "paramcount show ./conf"])
def test_paths_are_completed_where_no_name_begins_so(words):
    told = {"_PARAMCOUNT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = subprocess.run(
        [sys.executable, "-m", "paramcount"], capture_output=True, text=True, env={**os.environ, **told}
    )
    assert done.stdout.startswith("file,")


def test_a_closed_pipe_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m paramcount models | head -1", shell=True, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
