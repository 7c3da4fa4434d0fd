"""A command line that cannot be read is one line: what was typed, what is wrong, what would be valid."""

import click
import pytest

from paramcount.cli.values import Choice, Whole
from paramcount.cli.verbs import VERBS, paramcount


def _commands():
    context = click.Context(paramcount)
    for verb in VERBS:
        command = paramcount.get_command(context, verb)
        yield [verb], command
        for name, nested in getattr(command, "commands", {}).items():
            yield [verb, name], nested


COMMANDS = list(_commands())
OPTIONS = [
    (path, option) for path, command in COMMANDS for option in command.params if isinstance(option, click.Option)
]


def refused(run, *arguments):
    """The line that refuses *arguments*."""
    ran = run(*arguments)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran.stderr
    assert ran.stderr.startswith("paramcount: ")
    assert "Error" not in ran.stderr
    assert "Option '" not in ran.stderr
    return ran.stderr.removeprefix("paramcount: ").rstrip("\n")


@pytest.mark.parametrize(("path", "option"), OPTIONS, ids=lambda value: " ".join(getattr(value, "opts", value)))
def test_an_option_without_its_value_or_with_one_too_many(run, path, option):
    name = option.opts[-1]
    if option.is_flag:
        assert refused(run, *path, f"{name}=3") == f"{name}: takes no value; valid: {name} alone"
    else:
        said = refused(run, *path, name)
        assert said.startswith(f"{name}: no value given; valid: {name} ")
        assert all(choice in said for choice in getattr(option.type, "choices", ()))


@pytest.mark.parametrize(("path", "option"), OPTIONS, ids=lambda value: " ".join(getattr(value, "opts", value)))
def test_a_value_that_is_none_of_an_options_own(run, path, option):
    name = option.opts[-1]
    if isinstance(option.type, Choice):
        assert refused(run, *path, name, "nonsense") == (
            f"{name} nonsense: unknown value; valid: {', '.join(option.type.choices)}"
        )
    if isinstance(option.type, Whole):
        least, most = option.type.least, option.type.most
        valid = f"valid: a whole number from {least} {'up' if most is None else f'to {most:,}'}"
        for value in ("x", "1.5", "", "-"):
            shown = value or "''"
            assert refused(run, *path, f"{name}={value}") == f"{name} {shown}: not a whole number; {valid}"
        assert refused(run, *path, name, "-1") == f"{name} -1: negative; {valid}"
        assert refused(run, *path, f"{name}={'9' * 50}").endswith(f"too large; {valid}")
        if least:
            assert refused(run, *path, name, "0") == f"{name} 0: too small; {valid}"


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=lambda value: " ".join(getattr(value, "opts", [])))
def test_a_misspelt_option_has_its_neighbours_and_another_where_they_are_listed(run, path, command):
    verb = " ".join(path)
    for option in [one for one in command.params if isinstance(one, click.Option) and len(one.opts[-1]) > 5]:
        name = option.opts[-1]
        wrong = f"{name[:-2]}{name[-1]}"
        if all(wrong not in other.opts for other in command.params):
            said = refused(run, *path, wrong)
            assert said.startswith(f"{wrong} is not an option of {verb}; did you mean ")
            assert name in said
    assert refused(run, *path, "--zzz") == (f"--zzz is not an option of {verb}; `paramcount {verb} --help` lists them")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("show", "show: no MODEL given; valid: paramcount show MODEL…"),
        ("compare", "compare: no MODEL given; valid: paramcount compare MODEL MODEL…"),
        ("compare gpt2", "compare gpt2: only one model given; valid: two or more, e.g. gpt2 gpt2-xl"),
        ("derive", "derive: no MODEL_TYPE|module:Class given; valid: paramcount derive MODEL_TYPE|module:Class"),
        ("scaling fit", "scaling fit: no FILE.csv given; valid: paramcount scaling fit FILE.csv"),
        ("plot", "plot: no KIND given; valid: paramcount plot KIND [MODEL…] -o FILE"),
        ("plot share", "plot: no -o FILE given; valid: paramcount plot KIND [MODEL…] -o FILE"),
        ("page gpt2", "page: no -o FILE given; valid: paramcount page [MODEL…] -o FILE"),
        ("formula gpt2 gpt3", "formula gpt3: unexpected argument; valid: paramcount formula MODEL|FAMILY"),
        ("solve 100T", "solve 100T: unexpected argument; valid: paramcount solve [OPTIONS]"),
        ("table gpt2 gpt3", "table gpt3: unexpected argument; valid: paramcount table [TABLE]"),
        ("gpt2 --set =3", "--set =3: no field; valid: --set FIELD=VALUE with n_layers, "),
        ("compare gpt2 gpt3-xl:", "gpt3-xl:: a change is missing; valid: MODEL:FIELD=VALUE"),
        ("scaling foo", "scaling foo: unknown command; valid: fit"),
        ("--jsno gpt2", "--jsno is not an option of show; did you mean --json?"),
        ("gpt2 -o out", "-o out: no suffix to tell the format; valid: .txt, "),
        ("modles", "modles is not a known model or command; did you mean models?"),
        ("compare gpt2 gpt9", "gpt9 is not a known model; did you mean "),
        ("memory gpt2 --zero 4", "--zero 4: too large; valid: a whole number from 0 to 3"),
        ("flops gpt2 --seq 4K", "--seq 4K: ambiguous; valid: 4000 or 4096"),
    ],
)
def test_what_was_typed_what_is_wrong_and_what_is_valid(run, arguments, said):
    assert refused(run, *arguments.split()).startswith(said)


@pytest.mark.parametrize("name", ["", " ", "\t"])
@pytest.mark.parametrize("before", [[], ["show"], ["compare", "gpt2"], ["audit"], ["table"], ["formula"]])
def test_an_empty_name_is_called_so(run, before, name):
    assert refused(run, *before, name).startswith("an empty name is not a known ")


def test_numbers_of_options_are_written_like_others(run):
    assert run("flops", "gpt2", "--batch", "2^3").stdout == run("flops", "gpt2", "--batch", "8").stdout
    assert run("flops", "gpt2", "--batch", "1K").stdout == run("flops", "gpt2", "--batch", "1,000").stdout
    assert run("flops", "gpt2", "--cached", "0").stdout == run("flops", "gpt2").stdout


FILES = {"empty": b"", "text": b"hello\n", "binary": bytes(range(256)) * 20}
TAKE_A_FILE = {
    "show": ["show"], "formula": ["formula"], "compare": ["compare", "gpt2"], "flops": ["flops"], "cache": ["cache"],
    "memory": ["memory"], "train": ["train", "--tokens", "1B"], "solve": ["solve", "--params", "1B", "--like"],
    "page": ["page", "-o", "x.html"], "table": ["table"], "audit": ["audit"], "guess": ["audit", "--guess"],
    "fit": ["scaling", "fit"], "gpu-file": ["memory", "gpt2", "--gpu", "v100", "--gpu-file"],
    "derive": ["derive", "llama", "--config"], "plot": ["plot", "share", "-o", "x.png"],
}  # fmt: skip


@pytest.mark.parametrize("kind", [*FILES, "folder", "missing"])
@pytest.mark.parametrize("suffix", [".json", ".csv", ""])
@pytest.mark.parametrize("command", TAKE_A_FILE)
def test_a_file_that_is_not_what_it_should_be(run, tmp_path, monkeypatch, command, suffix, kind):
    """A missing, empty, binary or other file, or a folder, in the place of a model, a table or a config."""
    for library in {"fit": ["scipy"], "derive": ["torch", "transformers"], "plot": ["matplotlib"]}.get(command, []):
        pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"mine{suffix}"
    if kind == "folder":
        path.mkdir()
    elif kind in FILES:
        path.write_bytes(FILES[kind])
    for name in (str(path), path.name):
        if command == "table" and kind in ("missing", "folder"):
            said = refused(run, *TAKE_A_FILE[command], name)
            assert "is not a known table; " in said
            continue
        said = refused(run, *TAKE_A_FILE[command], name)
        assert path.name in said
        assert any(word in said for word in ("valid: ", "did you mean ", " lists "))
    assert not (tmp_path / "x.html").exists()
    assert not (tmp_path / "x.png").exists()
