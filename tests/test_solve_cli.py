"""`paramcount solve` as people use it."""

import json
import shlex

import pytest

from paramcount.solver import RANKS

CANDIDATE = [
    "n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab", "n_ctx", "tied", "total", "non_embedding", "error",
    "aspect", "attention_share", "ffn_share", "nearest", "command",
]  # fmt: skip


def test_the_answer_lists_shapes_and_says_what_was_covered(run):
    ran = run("solve", "--params", "100T")
    assert ran.exit_code == 0
    for said in ("100,000,000,000,000 (100T)", "Searched 72,611,840 shapes", "50257", "within 10 % of the budget"):
        assert said in ran.stdout


def test_nothing_is_cut_in_a_pipe_at_any_size(run):
    ran = run("solve", "--params", "1e30")
    assert "…" not in ran.stdout
    assert ",".join(["995", "826", "047"]) in ran.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--params", "175B"],
        ["--params", "1.5B", "--like", "gpt3-xl"],
        ["--params", "30B", "--like", "opt-30b"],
        ["--params", "1B", "--untied", "--d-ff-ratio", "8/3"],
    ],
    ids=" ".join,
)
def test_the_printed_line_can_be_fed_straight_back(run, arguments):
    """A shell reads it across its line ends, and it gives the count that was listed."""
    printed = run("solve", *arguments).stdout
    lines = printed[printed.index("\nparamcount ") :].split("\n\n")[0]
    assert all(len(part) <= 80 for part in lines.splitlines())
    line = lines.replace("\\\n", " ")
    first = json.loads(run("solve", *arguments, "--json").stdout)["candidates"][0]
    again = json.loads(run(*shlex.split(line)[1:], "--json").stdout)
    assert again["total"] == first["total"]
    assert shlex.split(line) == shlex.split(first["command"])


def test_json_keeps_its_contract(run):
    answer = json.loads(run("solve", "--params", "100T", "--top", "3", "--json").stdout)
    assert (answer["budget"], answer["rank"], answer["tolerance"]) == (10**14, "balanced", 0.1)
    assert answer["shapes_covered"] == 72_611_840
    assert len(answer["candidates"]) == 3
    for candidate in answer["candidates"]:
        assert list(candidate) == CANDIDATE
        assert isinstance(candidate["total"], int)
        assert candidate["error"] == (candidate["total"] - 10**14) / 10**14
    assert answer["nearest_miss"] is None
    assert len(answer["notes"]) == 4


def test_json_counts_of_thirty_digits_are_exact(run):
    answer = json.loads(run("solve", "--params", "1e30", "--top", "1", "--json").stdout)
    total = answer["candidates"][0]["total"]
    assert str(total) in run(*answer["candidates"][0]["command"].split()[1:], "--json").stdout


def test_csv_holds_plain_numbers(run):
    header, first, *_ = run("solve", "--params", "100T", "--powers-of-two", "--format", "csv").stdout.splitlines()
    row = dict(zip(header.split(","), first.split(","), strict=True))
    assert (row["n_layers"], row["d_model"], row["total"]) == ("512", "131072", "105560844664832")


def test_powers_of_two_are_all_listed_unless_top_says_otherwise(run):
    every = json.loads(run("solve", "--params", "100T", "--powers-of-two", "--json").stdout)
    assert len(every["candidates"]) == 16
    some = json.loads(run("solve", "--params", "100T", "--powers-of-two", "--top", "2", "--json").stdout)
    assert some["candidates"] == every["candidates"][:2]


def test_nothing_found_exits_with_1_and_says_why(run):
    ran = run("solve", "--params", "1.3B", "--n-layers", "24", "--tolerance", "0.1%")
    assert ran.exit_code == 1
    assert "Nothing found: tolerance 0.1 %" in ran.stdout
    assert "1,315,723,264" in ran.stdout
    data = json.loads(run("solve", "--params", "1.3B", "--n-layers", "24", "--tolerance", "0.1%", "--json").stdout)
    assert data["candidates"] == []
    assert data["nearest_miss"]["total"] == 1_315_723_264
    assert "--tolerance" in data["stopped_by"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--params", "0"],
        ["--params", "nan"],
        ["--params", "-5B"],
        ["--params", "1e400"],
        ["--params", "7B", "--n-heads", "7", "--d-model", "768", "--d-head", "64"],
        ["--params", "7B", "--n-layers", "256:64"],
        ["--params", "7B", "--n-layers", "96", "--powers-of-two"],
        ["--params", "7B", "--n-vocab", "50257", "--tp", "8"],
        ["--params", "7B", "--top", "0"],
        ["--params", "7B", "--rank", "best"],
        ["--params", "7B", "--like", "gpt9"],
        ["--params", "7B", "--emit", "hf", "--format", "csv"],
        ["--params", "7B", "--emit", "hf", "-o", "/nowhere/config.json"],
        ["--params", "7B", "--emit", "hf", "--like", "palm-8b"],
        ["--params", "7B", "-o", "shapes.pdf"],
    ],
    ids=" ".join,
)
def test_wrong_input_is_one_line_and_exit_2(run, arguments):
    ran = run("solve", *arguments)
    assert ran.exit_code == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith("paramcount: ")
    assert ran.stderr.count("\n") == 1


def test_a_config_goes_to_a_file_or_to_the_output(run, tmp_path):
    file = tmp_path / "config.json"
    assert run("solve", "--params", "350M", "--emit", "hf", "-o", str(file)).stdout == ""
    config = json.loads(file.read_text())
    assert config == json.loads(run("solve", "--params", "350M", "--emit", "hf").stdout)
    assert (config["model_type"], config["vocab_size"], config["n_positions"]) == ("gpt2", 50257, 2048)


def test_a_config_that_is_not_found_leaves_the_file_as_it_was(run, tmp_path):
    file = tmp_path / "config.json"
    file.write_text("before")
    ran = run("solve", "--params", "1.3B", "--n-layers", "24", "--tolerance", "0", "--emit", "hf", "-o", str(file))
    assert ran.exit_code == 1
    assert ran.stderr.startswith("paramcount: nothing found")
    assert file.read_text() == "before"


def test_help_explains_every_ranking(run):
    text = " ".join(run("solve", "-h").stdout.split())
    for rank, meaning in RANKS.items():
        assert f"{rank}: {meaning}" in text
