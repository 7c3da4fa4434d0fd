"""Tables and notes in a terminal of any width: every column and every digit is there, and no line is too long."""

import io
import json
import re
from collections import Counter
from typing import NamedTuple
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table
from rich.text import Text
from terminals import terminal

from paramcount.catalog import names
from paramcount.cli import main
from paramcount.report import plain
from paramcount.report.breaking import LONGEST, at_signs, lines, note, room, terms
from paramcount.report.cells import lanes
from paramcount.report.grid import _blocks
from paramcount.report.rows import RIGHT, Column, Report, Sheet, as_read, bar

WIDTHS = (40, 60, 80, 100, 160)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def printed(report, width):
    return "".join(f"{''.join(text for text, _ in line).rstrip()}\n" for line in plain.laid_out(report, width, "utf-8"))


def in_a_pipe(report):
    page = io.StringIO()
    plain.write(report, page)
    return page.getvalue()


def reported(arguments):
    """The report of a command, which is not printed; None where it is refused."""
    with mock.patch("paramcount.cli.options._print") as kept, pytest.raises(SystemExit) as stopped:
        main(arguments.split())
    assert kept.call_args or stopped.value.code == 2, arguments
    return kept.call_args and kept.call_args[0][0]


def holds_every_cell(sheet, width):
    """Whether the pieces of the table have every column and row of it, as they are or a row in a column's place."""
    columns = lanes(sheet, 0, "utf-8")
    every = {(at, row): cell.text for at, lane in enumerate(columns) for row, cell in enumerate(lane.cells)}
    texts = [
        tuple(cell.text for cell in lane.cells) for block in _blocks(sheet, width, "utf-8") for lane in block.lanes
    ]
    as_it_is = [tuple(cell.text for cell in lane.cells) for lane in columns]
    turned = [tuple(every[at, row] for at in range(len(columns))) for row in range(len(as_it_is[0]))]
    return set(as_it_is) <= set(texts) or set(turned) <= set(texts)


def of_a_terminal(part):
    """A table without the columns that a listing leaves to pipes and files."""
    if isinstance(part, str):
        return part
    return part._replace(columns=tuple(column for column in part.columns if not column.aside))


def check(report):
    """No line is too long, every column is there, and every number of the pipe stands whole in the terminal."""
    report = report._replace(parts=tuple(map(of_a_terminal, report.parts)))
    page = in_a_pipe(report)
    numbers = Counter(NUMBER.findall(page))
    for width in WIDTHS:
        shown = printed(report, width)
        assert [line for line in shown.splitlines() if room(line) > width] == []
        assert numbers - Counter(NUMBER.findall(shown)) == Counter()
        assert all(holds_every_cell(sheet, width) for sheet in report.sheets() if sheet.columns)
    for lane in (lane for sheet in report.sheets() for lane in lanes(sheet, 0, "utf-8")):
        if not any(cell.formula for cell in lane.cells):  # which are broken, and words among them
            assert all(cell.text.strip() in page for cell in lane.cells)


EVERY = [
    "gpt3-xl",
    "deepseek-v3",
    "t5-11b",
    "llava-1.5-7b",
    "qwen3-vl-8b",
    "mixtral-8x22b",
    "xlm-roberta-base",
    "gpt3-175b --tensors",
    "llava-1.5-7b --tensors",
    "gpt2-small gpt3-xl --tensors",
    "gpt3-xl --set d_model=4000000000 --set n_layers=1000000",
    "docs/examples/tiny-mixtral",
    "docs/examples/llama-3.1-8b",
    "tests/cases/qwen3-vl-8b.json",
    "formula gpt",
    "formula gpt --leading --solve-for d_model",
    "formula deepseek-v3 --leading",
    "formula deepseek-v3 --expand --leading",
    "formula t5-11b --leading --solve-for n_layers",
    "formula llava-1.5-7b",
    "table gpt3",
    "table llama",
    "audit gpt2",
    "audit gpt3",
    "audit training-costs",
    "audit docs/examples/my-table.csv",
    "models",
    "models qwen",
    "compare gpt3-xl gpt2-xl",
    "compare gpt3-xl gpt2-xl deepseek-v3 t5-11b",
    "compare gpt3-xl gpt3-xl:n_heads=16,d_model=4000000000 gpt3-xl:d_ff=12345678901234567890",
    "derive docs.examples.my_model:MyModel",
    "solve --params 100T",
    "solve --params 100T --like llama-3.1-8b --rank closest",
    "solve --params 12345678901234567890",
    "solve --params 20B --active --like mixtral-8x7b",
    "solve --params 1000 --d-model 4096",
    "solve --memory 80GB --dtype int4 --flops 1e23",
    "solve --memory 80GB --for training --recipe mixed-adam",
    "solve --gpu h100-sxm --devices 64 --days 30 --mfu 40% --law refit-2024 --like llama-3.2-1b --price 2",
    "flops deepseek-v3",
    "flops llama-3.1-8b --by layer",
    "flops gpt3-xl --by token",
    "flops gpt3-175b --train --conventions",
    "cache gpt3-175b",
    "cache deepseek-v3 gpt3-xl llama-3.1-8b --batch 1000000 --seq 1000000000",
    "memory deepseek-v3",
    "memory gpt3-175b --for training --seq 2048 --gpu h100-sxm",
    "memory llama-3.1-8b --for training --seq 4096 --gpu h100-sxm --devices 64 --zero 3 --tp 8",
    "memory llama-3.1-8b --for training --gpu h100-sxm --fits",
    "train gpt3-175b --tokens 300B --gpu v100 --tflops 28 --price 1.50",
    "train gpt3-xl gpt3-175b --steps 100K --batch-tokens 1M --gpu v100 --gpu a100-80gb --mfu 40%",
    "train --flops 3.14e23 --tflops 28 --price 1.50",
    "scaling --flops 3.14e23",
    "scaling --params 175B --tokens 300B",
    "scaling --gpu h100-sxm --devices 64 --days 30 --mfu 40%",
    "verify gpt3-xl",
]


@pytest.mark.parametrize("arguments", EVERY)
def test_every_command_fits_every_terminal_and_loses_nothing(arguments):
    report = reported(arguments)
    assert report
    check(report)


SMALL, LARGE = ["gpt2-small", "bert-base", "t5-small"], ["deepseek-v3", "gpt3-175b", "t5-11b", "qwen3-vl-235b-a22b"]
FEW = st.sampled_from([1, 2, 5, 8, 12]).flatmap(
    lambda many: st.lists(st.sampled_from([*SMALL, *LARGE, *names.names()]), min_size=many, max_size=many)
)


@pytest.mark.parametrize(
    "command",
    [
        "show {}",
        "flops {} --seq 128",
        "cache {} --seq 4096",
        "memory {} --for training --seq 512",
        "train {} --tokens 300B --gpu v100 --gpu h100-sxm --mfu 40% --seq 128",
    ],
)
@settings(max_examples=5)
@given(models=FEW)
def test_any_number_of_any_models_fits_and_loses_nothing(command, models):
    if report := reported(command.format(" ".join(models))):  # some have no cache, or no FLOPs that are stated
        check(report)


@settings(max_examples=2)
@given(models=FEW)
def test_models_compared_fit_and_lose_nothing(models):
    check(reported(f"compare gpt3-xl {' '.join(models)}"))


@settings(max_examples=10)
@given(model=st.sampled_from(names.names()), command=st.sampled_from(["show {} --tensors", "formula {} --leading"]))
def test_any_model_fits_and_loses_nothing(model, command):
    if report := reported(command.format(model)):
        check(report)


COUNTS = ("params", "total", "difference")


def counts(document, key=""):
    """Every count in a JSON document that its table has."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from counts(value, key) if key != "explanations" else ()
    elif isinstance(document, list):
        for value in document:
            yield from counts(value, key)
    elif key in COUNTS and isinstance(document, int):
        yield document


@pytest.mark.parametrize(
    "arguments",
    [
        "gpt3-xl",
        "deepseek-v3",
        "llava-1.5-7b",
        "gpt2-small deepseek-v3 t5-11b llama-3.1-8b gpt3-175b bert-base opt-175b gpt2-xl",
        "gpt3-xl --set d_model=4000000000 --set n_layers=1000000",
        "formula deepseek-v3 --leading",
        "compare gpt3-xl gpt2-xl deepseek-v3 t5-11b",
        "solve --params 100T",
        "solve --params 12345678901234567890",
        "flops deepseek-v3",
        "table gpt3",
        "models",
    ],
)
def test_every_count_of_the_json_is_in_the_text(arguments):
    report = reported(arguments)
    found = set(counts(report.documents()))
    assert found
    for width in WIDTHS:
        numbers = set(NUMBER.findall(printed(report, width)))
        assert {f"{abs(count):,}" for count in found} - numbers == set()


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    "arguments",
    [
        "gpt2-small gpt2-medium gpt2-xl gpt3-xl gpt3-175b llama-3.1-8b bert-base opt-175b",
        "solve --params 100T",
        "formula deepseek-v3 --leading",
    ],
)
def test_a_terminal_prints_what_is_laid_out_for_its_width(arguments, columns):
    shown = terminal(arguments, columns, NO_COLOR="1")
    assert re.sub("\x1b\\[[0-9;]*m", "", shown) == printed(reported(arguments), columns)


def test_solve_leaves_no_column_out():
    page = printed(reported("solve --params 100T"), 80)
    assert "Left out" not in page
    for title in (
        "n_layers",
        "d_model",
        "n_heads",
        "d_head",
        "d_ff",
        "total",
        "error",
        "aspect",
        "attn",
        "FFN",
        "nearest",
    ):
        assert title in page


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


NUMBERS = st.lists(st.lists(st.integers(0, 10**20), min_size=1, max_size=9), min_size=1, max_size=6).filter(
    lambda rows: len({len(row) for row in rows}) == 1
)


@given(rows=NUMBERS, width=st.integers(40, 200))
def test_every_digit_of_every_number_is_printed(rows, width):
    columns = (Column("name", "component"), *(Column(str(at), f"model {at}", "count") for at in range(len(rows[0]))))
    cells = [{"name": f"row {at}", **{str(i): n for i, n in enumerate(row)}} for at, row in enumerate(rows)]
    page = printed(Report({}, (Sheet(columns, cells),)), width)
    assert {f"{number:,}" for row in rows for number in row} <= set(NUMBER.findall(page))
    assert all(len(line) <= width for line in page.splitlines())


TEXT = st.text("abcdefg 0123456789,.·×-/_=%+−()é漢", max_size=120)


@given(TEXT, st.integers(30, 120), st.booleans(), st.sampled_from(["", "  "]))
def test_broken_into_lines_it_says_the_same_and_no_number_is_broken(text, width, formula, hang):
    found = lines(text, width, formula, hang)
    assert "".join("".join(found).split()) == "".join(text.split())
    numbers = NUMBER.findall(text)
    if all(len(number) <= width - 2 for number in numbers):
        assert max(map(room, found)) <= width
    assert sorted(number for line in found for number in NUMBER.findall(line)) == sorted(numbers)


@given(TEXT, st.integers(30, 120))
def test_a_note_goes_on_behind_its_beginning(text, width):
    found = list(note(text, width))
    assert "".join("".join(found).split()) == "".join(text.split())
    indents = {len(line) - len(line.lstrip()) for line in found[1:]}
    assert len(indents) <= 1
    assert list(note(text, None)) == [text]


def test_a_path_and_a_link_break_at_their_joints():
    path = "/home/someone/checkpoints/2026-11-30/run-124439808/model-00001-of-00191.safetensors"
    assert list(note(f"Read from {path}.", 40)) == [
        "Read from /home/someone/checkpoints/",
        "  2026-11-30/run-124439808/model-00001-",
        "  of-00191.safetensors.",
    ]


def test_a_note_goes_on_below_what_its_label_labels():
    assert list(note("   29.1 bits  n_vocab = 40478 reconciles 4 of 4 rows that disagree", 40)) == [
        "   29.1 bits  n_vocab = 40478 reconciles",
        "              4 of 4 rows that disagree",
    ]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_command_goes_on_so_that_a_shell_reads_it_as_one(width):
    command = "paramcount gpt --set n_layers=384 --set d_model=147456 --set n_heads=1152 --set n_vocab=50257"
    found = list(note(f"     {command}", width))
    assert len(found) > 1
    assert all(len(line) <= width for line in found)
    assert all(line.endswith(" \\") for line in found[:-1])
    assert not any(line.endswith("--set \\") for line in found)
    assert " ".join(" ".join(found).replace("\\", "").split()) == command


def test_a_cell_of_prose_goes_on_behind_its_beginning():
    sheet = Sheet((Column("name", "name"), Column("said", "said")), [{"name": "a", "said": "words " * 12}])
    page = printed(Report({}, (sheet,)), 40)
    assert page.splitlines()[2].startswith("       words")


def test_what_a_listing_leaves_to_pipes_and_files_is_said():
    report = reported("models qwen")
    said = "Also in a pipe and in --format csv: printed, aliases, family, full source."
    assert said in printed(report, 80)
    assert said not in in_a_pipe(report)
    assert re.match("model +parameters +source +printed +aliases +family +full source\n", in_a_pipe(report))


def test_a_name_that_is_wider_than_the_terminal_is_printed_whole(run):
    assert "".join(terminal("models -q", 3).split()) == "".join(run("models", "-q").stdout.split())


CELLS = st.text("abc ·×-", max_size=12).map(str.strip)
TERMS = st.lists(st.sampled_from(["n_layers·d_model", "12·d_model²", "(d_ff + 1)", "x"]), min_size=1, max_size=9)


class Written(NamedTuple):
    """A formula to print, with this many terms."""

    terms: list[str]

    def __str__(self):
        return " + ".join(self.terms)


ROW = st.tuples(CELLS, TERMS.map(Written) | CELLS, st.integers(-(10**20), 10**20), st.floats(0, 1))


def by_rich(report):
    """What rich makes of the report where there is room, formulas broken at their signs."""
    page = io.StringIO()
    console = Console(file=page, width=100_000, highlight=False, emoji=False)
    for place, part in enumerate(report.parts):
        if place:
            console.line()
        console.print(table_by_rich(part) if isinstance(part, Sheet) else Text(part))
    return [line.rstrip() for line in page.getvalue().splitlines()]


def table_by_rich(sheet):
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in sheet.columns:
        table.add_column(Text(column.title), justify="right" if column.kind in RIGHT else "left")
    written = [row["formula"] for row in sheet.rows if isinstance(row["formula"], Written)]
    width = max([LONGEST, *(len(term) for formula in written for term in terms(str(formula)))])
    for row in sheet.rows:
        cells = [bar(row["bar"], 20) if column.kind == "bar" else as_read(column, row) for column in sheet.columns]
        broken = "\n".join(at_signs(cells[1], width)) if isinstance(row["formula"], Written) else cells[1]
        table.add_row(*map(Text, [cells[0], broken, *cells[2:]]))
    return table


@given(st.lists(ROW, max_size=6))
def test_pipes_and_wide_terminals_have_what_rich_would_write(rows):
    columns = (
        Column("name", "a name"), Column("formula", "its formula", "formula"),
        Column("count", "count", "count"), Column("bar", "", "bar"),
    )  # fmt: skip
    keys = ("name", "formula", "count", "bar")
    sheet = Sheet(columns, [dict(zip(keys, row, strict=True)) for row in rows])
    report = Report({}, ("A line.\nAnd another.", sheet, "The end.", sheet))
    page = io.StringIO()
    plain.write(report, page)
    assert page.getvalue().splitlines() == printed(report, 100_000).splitlines() == by_rich(report)
