"""Output formats: CSV, TSV, JSON lines and Markdown have all tables and load elsewhere."""

import csv
import io
import json
import re

import pytest

from paramcount.papers.tables import tables
from paramcount.report.data import to_csv, to_jsonl, to_tsv
from paramcount.report.export import to_markdown
from paramcount.report.rows import Column, Report, Sheet

FORMULA = "=HYPERLINK(0)"
FORMS = ["csv", "tsv", "jsonl"]


def rows(text, form):
    if form == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(io.StringIO(text), delimiter="\t" if form == "tsv" else ","))


@pytest.mark.parametrize("form", FORMS)
def test_several_models_have_their_names_as_headers(run, form):
    found = rows(run("gpt2-small", "gpt3-xl", "--format", form).stdout, form)
    assert list(found[0]) == ["name", "gpt2-small", "gpt3-xl"]
    total = next(row for row in found if row["name"] == "total")
    assert (int(total["gpt2-small"]), int(total["gpt3-xl"])) == (124_439_808, 1_517_123_584)


def test_a_model_named_twice_keeps_both_columns(run):
    header = run("gpt2-small", "gpt2-small", "--format", "csv").stdout.splitlines()[0]
    assert header == "name,gpt2-small,gpt2-small (2)"


@pytest.mark.parametrize("command", ["compare gpt2-small gpt2-xl", "flops gpt2 gpt3", "memory gpt2-small gpt2-xl"])
def test_no_header_is_a_mere_number(run, command):
    header = run(*command.split(), "--format", "csv").stdout.splitlines()[0].split(",")
    assert not any(re.fullmatch(r"(\w+_)?\d+", name) for name in header)
    assert {"gpt2-small", "gpt2-xl" if "xl" in command else "gpt3-175b"} <= set(header)


@pytest.mark.parametrize("form", FORMS)
def test_every_table_of_a_report_is_written(run, form):
    found = rows(run("gpt3-xl", "--format", form).stdout, form)
    assert {row["table"] for row in found} == {"component", "published in"}
    printed = [row["printed"] for row in found if row["table"] == "published in"]
    assert printed == ["1.3B", "1,320M"]


def test_every_audited_table_is_in_every_format(run, monkeypatch):
    """Each row is there in each format; only for the first five tables, since all take a quarter of a minute."""
    some = list(tables())[:5]
    pages = {
        form: run("audit", *some, "--format", form).stdout for form in ("csv", "tsv", "jsonl", "json", "md", "tex")
    }
    documents = json.loads(pages["json"])["tables"]
    assert len(documents) == 5
    printed = sum(max(1, len(row["published"])) for table in documents for row in table["rows"])
    for form in FORMS:
        found = rows(pages[form], form)
        assert {row["table"] for row in found} == set(some)
        assert sum("relation" not in row or not row["relation"] for row in found) == printed
    assert pages["md"].count("| row |") == pages["tex"].count("row & ") == 5


def report(cell, kind="text"):
    return Report({}, (Sheet((Column("a", "a", kind), Column("b", "b", "count")), [{"a": cell, "b": -5}]),))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
@pytest.mark.parametrize("kind", ["text", "formula"])
@pytest.mark.parametrize("write", [to_csv, to_tsv])
def test_text_is_no_formula_to_a_spreadsheet(start, kind, write):
    """Numbers stay numbers, negative ones too."""
    page = write(report(f"{start}1+cmd|x", kind))
    cell = next(csv.reader(io.StringIO(page.splitlines()[1]), delimiter="\t" if write is to_tsv else ","))
    assert cell[0].startswith("'") or not cell[0].startswith(tuple("=+-@＝\t"))
    assert cell[1] == "-5"


def test_a_header_is_none_either():
    sheet = Sheet((Column("0", "x", "count", header=FORMULA),), [{"0": 1}])
    assert to_csv(Report({}, (sheet,))).startswith(f"'{FORMULA}")


def test_tabs_and_ends_of_lines_stay_out_of_tsv():
    lines = to_tsv(report("one\ttwo\nthree")).splitlines()
    assert [line.count("\t") for line in lines] == [1, 1]
    assert lines[1].startswith("one two three")


def test_json_lines_hold_exact_numbers_and_text_as_it_is():
    [line] = to_jsonl(report(FORMULA)).splitlines()
    assert json.loads(line) == {"a": FORMULA, "b": -5}
    total = json.loads(to_jsonl(Report({}, (Sheet((Column("n", "n", "count"),), [{"n": 10**30 + 1}]),))))
    assert total == {"n": 10**30 + 1}


def test_json_lines_hold_of_several_tables_each_its_own_cells(run):
    found = rows(run("gpt3-xl", "--format", "jsonl").stdout, "jsonl")
    assert "printed" not in found[0]
    assert "formula" not in found[-1]


def test_markdown_escapes_emphasis_and_fences_commands(run):
    page = run("gpt3-xl", "--format", "md").stdout
    assert "\n```sh\nparamcount gpt3-xl --set n_heads=16\n```\n" in page
    outside = re.sub(r"```sh\n.*?```", "", page, flags=re.DOTALL)
    assert r"n\_layers" in outside
    assert not re.search(r"(?<!\\)[*_]", outside)


def test_commands_below_each_other_are_one_fence():
    said = "Before.\n  paramcount gpt --set a_b=1\n  paramcount gpt3-xl --set c=2\nAfter_wards."
    assert to_markdown(Report({}, (said,))) == (
        "Before.\n\n```sh\nparamcount gpt --set a_b=1\nparamcount gpt3-xl --set c=2\n```\n\nAfter\\_wards.\n"
    )


@pytest.mark.parametrize(
    ("suffix", "said"),
    [
        ("csv", "CSV"),
        ("tsv", "TSV"),
        ("jsonl", "JSON lines"),
        ("ndjson", "JSON lines"),
        ("json", "JSON"),
        ("md", "Markdown"),
        ("tex", "LaTeX"),
        ("txt", "text"),
    ],
)
def test_a_file_that_is_written_is_said(run, tmp_path, suffix, said):
    path = tmp_path / f"out.{suffix}"
    ran = run("gpt3-xl", "-o", str(path))
    assert ran.stdout == ""
    assert ran.stderr == f"wrote {path}: {said} (2 tables, 11 rows)\n"
    assert path.stat().st_size > 100
