"""Help pages fit a terminal: no line is too long, no word is broken, no sentence is cut."""

import itertools
import re
from importlib import import_module

import click
import pytest

from paramcount.cli.help import fitted
from paramcount.cli.verbs import VERBS

PAGES = [["--help"], *([verb, "--help"] for verb in VERBS), ["scaling", "fit", "--help"]]


@pytest.mark.parametrize("columns", ["60", "80", "160"])
@pytest.mark.parametrize("arguments", PAGES, ids=" ".join)
def test_no_line_is_longer_than_the_terminal_and_no_word_is_broken(run, monkeypatch, arguments, columns):
    command = import_module(f"paramcount.cli.{arguments[0]}").command if arguments[0] in VERBS else None
    monkeypatch.setenv("COLUMNS", columns)
    page = run(*arguments).stdout
    assert max(map(len, page.splitlines())) <= int(columns)
    said = " ".join(page.replace("\\\n", " ").split())
    if command and len(arguments) == 2 and int(columns) >= 80:
        for text in [command.help, *(p.help for p in command.params if isinstance(p, click.Option) and p.help)]:
            assert " ".join(text.replace("\b", "").split()) in said


@pytest.mark.parametrize("columns", [60, 80, 100])
@pytest.mark.parametrize("arguments", PAGES, ids=" ".join)
def test_no_paragraph_is_broken_before_its_lines_are_full(run, monkeypatch, arguments, columns):
    """A line ends where the next word has no room, but for lists in two columns and examples, laid out by hand."""
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run(*arguments).stdout.splitlines()
    room = min(columns, 80) - 2
    for line, follows in itertools.pairwise(lines):
        indents = [re.match(r"( {2,4})(?!paramcount )[\w`'(](?!.*  )", one) for one in (line, follows)]
        if all(indents) and indents[0][1] == indents[1][1]:
            assert len(line) + 1 + len(follows.split()[0]) > room, line


def test_the_list_of_commands_has_the_first_sentence_of_each(run):
    for verb, says in VERBS.items():
        text = " ".join(import_module(f"paramcount.cli.{verb}").command.help.split())
        assert re.match(r".+?\.(?= [A-Z\b]|$)", text)[0] == says
        assert says.endswith(".")
        assert not says.endswith("..")
    page = run("--help").stdout
    assert "..." not in page.replace("[ARGS]...", "")
    assert "".join(VERBS.values()).replace(" ", "") in re.sub(r"^  \w+ ", "", page, flags=re.MULTILINE).replace(
        "\n", ""
    ).replace(" ", "")


def test_an_example_goes_on_behind_a_backslash_before_an_option():
    line = "    paramcount train gpt3-175b --tokens 300B --gpu a100-80gb --devices 1024 --days 34"
    assert fitted(line, 79).split("\n") == [
        "    paramcount train gpt3-175b --tokens 300B --gpu a100-80gb --devices 1024 \\",
        "        --days 34",
    ]


def test_what_is_beside_an_example_stays_beside_it():
    line = "    paramcount ./config.json    a model of your own; also a folder"
    assert fitted(line, 60).split("\n") == [line.removesuffix(" folder"), " " * 32 + "folder"]


def test_a_hyphen_ends_no_line(run, monkeypatch):
    for columns in range(70, 90):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert not re.search(r"\w-$", run("audit", "--help").stdout, re.MULTILINE)
