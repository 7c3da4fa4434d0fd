"""Every command in encodings without · × − ✓ █: ASCII in their place, and JSON for any reader."""

import json
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from paramcount.cli.verbs import VERBS
from paramcount.report.standins import STAND_INS, in_json

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples"
CHILD = """
import io, json, sys
from paramcount.cli import main
encoding, streams = sys.argv[1], (sys.stdout, sys.stderr)
for arguments in json.load(sys.stdin):
    pages = io.BytesIO(), io.BytesIO()
    sys.stdout, sys.stderr = (io.TextIOWrapper(page, encoding=encoding) for page in pages)
    try:
        main(arguments)
    except SystemExit as stop:
        code = stop.code or 0
    except BaseException as error:
        code = repr(error)
    sys.stdout.flush(), sys.stderr.flush()
    said = [page.getvalue().decode(encoding) for page in pages]
    sys.stdout, sys.stderr = streams
    print(json.dumps([arguments, code, *said]))
"""
FORMATS = ("json", "csv", "md", "tex")
ABSENT = (
    "--all",
    "$(",
    "Llama-3.1-8B",
    "-folder",
    ".tex",
    "my-table",
    "README",
)  # long work, the hub, your own files
TORCH = ("verify", "derive", "plot", "page", "serve")  # their examples take long; one of each is below


def examples(verb):
    lines = re.findall(r"^ *paramcount (.+)$", import_module(f"paramcount.cli.{verb}").EPILOG, re.MULTILINE)
    return [shlex.split(re.split("  | >", line)[0]) for line in lines if not any(word in line for word in ABSENT)]


def commands():
    yield ["--help"]
    yield ["gpt5"]
    yield from (["verify", "gpt2-small"], ["deepseek-v3"], ["t5-small"], ["mamba-130m"], ["audit", "training-costs"])
    for verb in VERBS:
        yield [verb, "--help"]
        if verb not in TORCH:
            first, *others = examples(verb)
            yield from ([*first, "--format", form] for form in FORMATS)
            yield from (first, *others)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_every_command_speaks_the_encoding(encoding, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    (tmp_path / "llava").mkdir()
    (tmp_path / "llava" / "config.json").write_text('{"model_type": "llava"}')
    (tmp_path / "runs.csv").write_text((EXAMPLES / "runs.csv").read_text(encoding="utf-8"), encoding="utf-8")
    asked = list(commands())
    done = subprocess.run(
        [sys.executable, "-c", CHILD, encoding], input=json.dumps(asked), capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr[-400:]
    ran = [json.loads(line) for line in done.stdout.splitlines()]
    assert [arguments for arguments, *_ in ran] == asked
    for arguments, code, out, err in ran:
        assert code == (2 if arguments == ["gpt5"] else 0), (arguments, code, err)
        assert out or err or "-o" in arguments, arguments
        if "json" in arguments or "--json" in arguments:
            assert out.isascii(), arguments
            json.loads(out)
        else:
            assert not re.search(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4})", out + err), arguments


def test_an_escape_for_what_has_a_stand_in_would_be_seen():
    """The test above looks for escapes, which characters without a stand-in become."""
    assert "☃".encode("ascii", "stand-in") == rb"\u2603"
    assert all(stands.isascii() for stands in STAND_INS.values())


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-16"])
def test_json_is_ascii_where_readers_would_not_guess_the_encoding(encoding):
    """· is one byte in cp1252, but no JSON reader expects that."""
    document = '{"formula": "2·d_model² − ✓"}'
    assert in_json(document, encoding).isascii()
    assert json.loads(in_json(document, encoding)) == json.loads(document)
    assert in_json(document, "UTF8") == in_json(document, None) == document
