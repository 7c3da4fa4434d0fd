"""Tables in a terminal of any width: no digit is cut, and what is left out is said."""

import io
import json
import re
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from terminals import terminal

from paramcount.report import plain
from paramcount.report.rows import Column, Report, Sheet
from paramcount.report.terminal import _print

NUMBERS = st.lists(st.lists(st.integers(0, 10**30), min_size=1, max_size=9), min_size=1, max_size=6).filter(
    lambda rows: len({len(row) for row in rows}) == 1
)


def printed(report, width):
    page = io.StringIO()
    _print(report, Console(file=page, width=width, force_terminal=False, highlight=False, emoji=False))
    return page.getvalue()


@given(rows=NUMBERS, width=st.integers(60, 200))
def test_every_digit_of_every_number_is_printed(rows, width):
    columns = (Column("name", "component"), *(Column(str(at), f"model {at}", "count") for at in range(len(rows[0]))))
    cells = [{"name": f"row {at}", **{str(i): n for i, n in enumerate(row)}} for at, row in enumerate(rows)]
    page = printed(Report({}, (Sheet(columns, cells),)), width)
    found = re.findall(r"(?<![\d,])\d[\d,]*(?![\d,])", page)
    for row in rows:
        for number in row:
            assert f"{number:,}" in found
    assert all(len(line.rstrip()) <= width for line in page.splitlines())


EIGHT = "gpt2-small gpt2-medium gpt2-xl gpt3-xl gpt3-175b llama-3.1-8b bert-base opt-175b"


@pytest.mark.parametrize("columns", [60, 80, 160])
@pytest.mark.parametrize(
    "arguments",
    [
        EIGHT,
        f"flops {EIGHT} --seq 128",
        "cache gpt3-175b llama-3.1-8b gpt2-xl --seq 2048",
        "memory gpt3-175b llama-3.1-8b gpt2-small --for training --seq 512",
    ],
)
def test_a_number_in_the_pipe_is_whole_in_a_terminal(run, arguments, columns):
    numbers = set(re.findall(r"\d{1,3}(?:,\d{3})+", run(*arguments.split()).stdout))
    shown = re.sub("\x1b\\[[0-9;]*m", "", terminal(arguments, columns, NO_COLOR="1"))
    assert numbers <= set(re.findall(r"\d{1,3}(?:,\d{3})+", shown))
    assert all(len(line.rstrip()) <= columns for line in shown.splitlines())


HYBRIDS = ["nemotron_h", "jamba", "zamba2", "bamba", "falcon_h1", "kimi_linear", "deepseek_v3", "qwen3_next"]


@pytest.mark.parametrize("verb", ["show", "formula"])
@pytest.mark.parametrize("model_type", HYBRIDS)
def test_a_table_in_a_pipe_wraps_its_formulas_and_loses_nothing(model_type, verb, run, tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"model_type": model_type}))
    page = run(verb, str(path)).stdout
    of_tables = [line for line in page.splitlines() if "  " in line]
    assert max(map(len, of_tables)) <= 200
    found = json.loads(run(verb, str(path), "--json").stdout)
    for component in found["components"]:
        assert f"{component['params']:,}" in page
    first = next(line for line in page.splitlines() if line.startswith("component"))
    titles = ["per layer", "parameters", "share"] if verb == "show" else ["parameters"]
    assert all(title in first for title in ["formula", *titles])


def test_what_is_left_out_is_said():
    assert "Hidden for lack of space: d_head, d_ff" in terminal("solve --params 100T", 80, NO_COLOR="1")


CELLS = st.text("abc ·×-", max_size=12).map(str.strip)
TERMS = st.lists(st.sampled_from(["n_layers·d_model", "12·d_model²", "(d_ff + 1)", "x"]), min_size=1, max_size=9)


class Written(NamedTuple):
    """A formula to print, of as many terms as there are."""

    terms: list[str]

    def __str__(self):
        return " + ".join(self.terms)


ROW = st.tuples(CELLS, TERMS.map(Written) | CELLS, st.integers(-(10**20), 10**20), st.floats(0, 1))


@given(st.lists(ROW, max_size=6))
def test_a_pipe_has_what_rich_would_write_where_there_is_room(rows):
    columns = (
        Column("name", "a name"), Column("formula", "its formula", "formula"),
        Column("count", "count", "count"), Column("bar", "", "bar"),
    )  # fmt: skip
    keys = ("name", "formula", "count", "bar")
    sheet = Sheet(columns, [dict(zip(keys, row, strict=True)) for row in rows])
    report = Report({}, ("A line.\nAnd another.", sheet, "The end.", sheet))
    page = io.StringIO()
    plain.write(report, page)
    assert page.getvalue().splitlines() == [line.rstrip() for line in printed(report, 100_000).splitlines()]
