"""A plain install is enough for every command, except those that say at once which extra they need."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from paramcount.cli.verbs import VERBS
from paramcount.extras import EXTRAS, MissingLibraryError, need

ROOT = Path(__file__).resolve().parent.parent
BARE = f"""
import contextlib, io, json, os, sys
sys.modules.update(dict.fromkeys({[*EXTRAS, "mpmath", "safetensors", "gguf"]!r}))
del sys.modules["markdown_it"]  # which rich brings
from paramcount.cli import main
for arguments in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as stop:
            code = stop.code or 0
        except BaseException as error:
            code = repr(error)
    built = any(name.startswith("paramcount.models.decoders.") for name in sys.modules)
    print(json.dumps([arguments, code, len(out.getvalue()), err.getvalue(), built]))
"""
NEEDS = r"needs [\w, -]+, which (is|are) not installed; run: pip install 'paramcount\[[a-z,]+\]'"


def bare(commands, folder):
    """What each command does if only click and rich are installed."""
    done = subprocess.run(
        [sys.executable, "-c", BARE], input=json.dumps(commands), capture_output=True, text=True, cwd=folder, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def examples(verb):
    """The examples in a command's help, without `paramcount`."""
    lines = re.findall(r"^ *paramcount (.+)$", import_module(f"paramcount.cli.{verb}").EPILOG, re.MULTILINE)
    return [shlex.split(re.split("  | >", line)[0]) for line in lines if "$(" not in line and "--all" not in line]


# Words in each command's examples that can't be answered without an extra.
EXTRA = {
    "verify": ("",),
    "derive": ("",),
    "plot": ("",),
    "page": ("",),
    "serve": ("",),
    "formula": ("--assume", "--leading"),
    "memory": ("--fits",),
    "scaling": ("fit",),
    "show": ("meta-llama/",),
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_example_in_the_help_works_or_names_its_extra(verb, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    here = ("my-table", "README", ".tex", "-folder", "runs.csv", "llava")  # files that an example assumes
    commands = [words for words in examples(verb) if verb == "scaling" or not any(h in " ".join(words) for h in here)]
    assert commands
    for arguments, code, out, err, _ in bare(commands, tmp_path):
        if any(word in " ".join(arguments) for word in EXTRA.get(verb, ())):
            assert (code, out) == (2, 0), arguments
            assert re.search(NEEDS, err), arguments
        else:
            assert (code, err) == (0, "") or "wrote" in err, arguments
            assert out or "-o" in arguments, arguments


def test_what_is_missing_is_said_before_any_model_is_built(tmp_path):
    commands = [
        "verify --all",
        "verify --against transformers --all",
        "verify --costs gpt2",
        "derive llama",
        "plot share -o x.png",
    ]
    ran = bare([command.split() for command in commands], tmp_path)
    assert [(code, built) for _, code, _, _, built in ran] == [(2, False)] * len(commands)


@pytest.mark.parametrize("form", ["csv", "md", "tex", "json"])
def test_every_format_is_written_without_an_extra(form, tmp_path):
    commands = [
        "gpt3-xl",
        "formula gpt2",
        "table gpt3",
        "compare gpt2 gpt3-xl",
        "solve --params 1B",
        "audit gpt3",
        "flops gpt2",
    ]
    for arguments, code, out, err, _ in bare([[*c.split(), "--format", form] for c in commands], tmp_path):
        assert code == 0, arguments
        assert out, arguments
        assert err == "", arguments


def test_each_library_is_brought_by_the_extra_that_is_named():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert [line.partition(">")[0] for line in project["dependencies"]] == ["click", "rich"]
    called = {"yaml": "PyYAML", "markdown_it": "markdown-it-py"}
    for library, extra in EXTRAS.items():
        names = [re.split("[<>=]", line)[0] for line in extras[extra]]
        assert called.get(library, library) in names
        assert extra in extras["all"][0] or extra in ("verify", "hub")


def test_the_page_on_installing_lists_every_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    assert list(rows) == list(project["optional-dependencies"])
    for name in ("frame", "formula", "plot", "page", "fit", "files", "verify", "hub"):
        libraries = [re.split("[<>=]", line)[0] for line in project["optional-dependencies"][name]]
        assert sorted(rows[name].strip().split(", ")) == sorted(libraries)


def test_several_missing_libraries_are_one_line(monkeypatch):
    for library in ("torch", "sympy"):
        monkeypatch.setitem(sys.modules, library, None)
    need("nothing", "json")
    said = r"derive needs torch and sympy, which are not installed; run: pip install 'paramcount\[formula,verify\]'"
    with pytest.raises(MissingLibraryError, match=said):
        need("derive", "torch", "json", "sympy")
