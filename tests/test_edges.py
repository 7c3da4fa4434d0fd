"""Edge cases: streams that are closed, full or in another encoding, interrupts, a deleted folder."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from paramcount.hub.endpoint import shown
from paramcount.hub.refusals import HubError
from paramcount.hub.transport import Answer
from paramcount.hub.weights import _total

PROGRAM = f"{sys.executable} -m paramcount"
FORMATS = ("table", "json", "csv", "md", "tex")


def _shell(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    env = {**os.environ, "PYTHONPATH": root, **environment}
    return subprocess.run(line, shell=True, executable=shutil.which("bash"), capture_output=True, env=env, timeout=120)


def _one_line(done: subprocess.CompletedProcess[bytes]) -> str:
    said = done.stderr.decode()
    assert (done.returncode, said.count("\n")) == (2, 1), said
    assert said.startswith("paramcount: ")
    return said


def _full(folder: Path) -> Path:
    """A device like /dev/full in *folder*, or the machine's own if it can't be made."""
    own, machines = folder / "full", Path("/dev/full")
    try:
        os.mknod(own, 0o600 | stat.S_IFCHR, os.makedev(1, 7))
        own.open("wb").close()
    except OSError:
        if not machines.is_char_device():
            pytest.skip("no device that is full here")
        return machines
    return own


@pytest.mark.parametrize("command", ["gpt3-xl", "gpt3-xl --json", "models -q", "--help", "solve --params 1B --emit hf"])
@pytest.mark.parametrize("edge", ["closed", "full"])
def test_standard_output_that_takes_nothing_is_one_line(command, edge, tmp_path):
    where = ">&-" if edge == "closed" else f"> {_full(tmp_path)}"
    said = _one_line(_shell(f"{PROGRAM} {command} {where}"))
    assert ("closed" if edge == "closed" else "No space left on device") in said


def test_a_file_is_written_though_standard_output_is_closed(tmp_path):
    path = tmp_path / "out.json"
    done = _shell(f"{PROGRAM} gpt3-xl -o {path} >&- <&-")
    assert (done.returncode, done.stderr.split()[0]) == (0, b"wrote")
    assert json.loads(path.read_text())["total"] == 1_517_123_584


def test_a_closed_standard_input_has_no_config():
    assert "stdin: empty" in _one_line(_shell(f"{PROGRAM} - <&-"))


def test_with_standard_errors_closed_the_exit_status_says_it():
    assert _shell(f"{PROGRAM} gpt5 2>&-").returncode == 2
    assert _shell(f"{PROGRAM} audit gpt2 gpt3 bert 2>&-").returncode == 0


@pytest.mark.thorough
@pytest.mark.parametrize("settings", [
    {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {"PYTHONIOENCODING": "cp1252"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
], ids=lambda settings: " ".join(settings.values()))  # fmt: skip
@pytest.mark.parametrize("command", ["gpt3-xl", "compare gpt2-small gpt2-xl", "audit gpt3", "--help"])
def test_what_an_encoding_lacks_has_a_stand_in(command, settings):
    for form in FORMATS if command != "--help" else ("",):
        done = _shell(f"{PROGRAM} {command} {form and f'--format {form}'}", **settings)
        assert (done.returncode, done.stderr) == (0, b"")
        said = done.stdout.decode(settings.get("PYTHONIOENCODING", "ascii"))
        assert not re.search(r"\\u[0-9a-f]{4}", said) or form in ("json", "jsonl")
        assert "?" not in said or command != "gpt3-xl"
        if form == "json":
            whole = _shell(f"{PROGRAM} {command} --json", PYTHONIOENCODING="utf-8").stdout
            assert json.loads(said) == json.loads(whole)


def test_columns_are_laid_out_by_the_stand_ins():
    lines = _shell(f"{PROGRAM} gpt3-xl", PYTHONIOENCODING="ascii").stdout.decode().splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("component"))
    column = lines[start].index("parameters") + len("parameters")
    rows = [line for line in lines[start + 1 :] if line.rstrip(" #.").endswith("%")]
    assert {line[column - 1].isdigit() for line in rows[:9]} == {True}
    assert "n_layers*d_model*(8*d_model + 5)" in "\n".join(lines)


def test_an_argument_that_no_encoding_holds_is_named():
    said = _one_line(_shell(f"{PROGRAM} $'gpt\\xff\\x9b'", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"))
    assert "\\udcff" in said


@pytest.mark.parametrize("command", ["config.json", "./x/config.json", "audit my.csv", ".", "gpt3-xl -o x.csv", "-"])
def test_in_a_folder_that_is_gone_a_file_is_one_line(tmp_path, command):
    folder = tmp_path / "gone"
    folder.mkdir()
    _one_line(_shell(f"cd {folder} && rmdir {folder} && {PROGRAM} {command} < /dev/null"))


def test_in_a_folder_that_is_gone_the_catalog_is_there(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    done = _shell(f"cd {folder} && rmdir {folder} && {PROGRAM} gpt3-xl --json")
    assert (done.returncode, done.stderr) == (0, b"")


INTERRUPTED = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from paramcount.cli import main
main({arguments!r})
"""


@pytest.mark.parametrize(("module", "arguments"), [
    ("click", ["gpt3-xl"]), ("paramcount.cli.streams", ["gpt3-xl"]), ("paramcount.cli.verbs", ["gpt3-xl"]),
    ("paramcount.catalog.names", ["gpt3-xl"]), ("paramcount.report.show", ["gpt3-xl"]),
    ("paramcount.report.plain", ["gpt3-xl"]),
    ("paramcount.models.decoders.gpt2", ["gpt3-xl"]), ("csv", ["gpt3-xl", "--format", "csv"]),
    ("matplotlib.figure", ["plot", "share", "-o", "x.pdf"]), ("sympy", ["formula", "gpt", "--leading"]),
])  # fmt: skip
def test_an_interrupt_at_any_time_ends_in_130(module, arguments, tmp_path):
    code = INTERRUPTED.format(module=module, arguments=arguments)
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    env = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")
    assert os.listdir(tmp_path) == []


BAD = (
    "http://user:s3cret@[::1",
    "not a url",
    "http://user:s3cret@x:99999999",
    "ftp://user:s3cret@h",
    "",
    " ",
    "a:s3cret@h",
)


@pytest.mark.thorough
@pytest.mark.parametrize("endpoint", BAD)
@pytest.mark.parametrize("command", ["owner/name", "derive mamba2", "verify gpt2-small --against transformers"])
def test_a_malformed_endpoint_is_one_line_without_its_password(command, endpoint):
    if command != "owner/name":
        pytest.importorskip("transformers")
    said = _one_line(_shell(f"{PROGRAM} {command}", HF_ENDPOINT=endpoint))
    assert "HF_ENDPOINT: not a server's address" in said
    assert "s3cret" not in said


def test_the_plain_path_does_not_mind_a_malformed_endpoint():
    assert _shell(f"{PROGRAM} gpt3-xl", HF_ENDPOINT="http://[").returncode == 0


def test_a_password_in_the_endpoint_is_never_printed():
    said = _one_line(_shell(f"{PROGRAM} owner/name", HF_ENDPOINT="http://user:s3cret@127.0.0.1:9/hub?key=s3cret"))
    assert "http://127.0.0.1:9/hub could not be reached" in said
    assert "s3cret" not in said
    assert shown("https://huggingface.co") == "https://huggingface.co"


@pytest.mark.parametrize("headers", [
    {"content-range": f"bytes 0-1/{'9' * 5000}"},
    {"content-length": "9" * 5000}, {"content-length": "٣"},
])  # fmt: skip
def test_a_size_of_thousands_of_digits_is_no_size(headers):
    with pytest.raises(HubError, match="does not say how large the file is"):
        _total(Answer(206 if "content-range" in headers else 200, headers, b""), "owner/name/model.safetensors")


@pytest.mark.thorough
@pytest.mark.parametrize("command", ["verify gpt2-small --against transformers", "derive mamba2", "verify gpt2-small"])
def test_libraries_that_models_are_built_with_say_nothing(command):
    pytest.importorskip("transformers")
    done = _shell(f"{PROGRAM} {command}")
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_library_that_warns_and_logs_is_not_heard():
    code = "from paramcount.cli import main\nimport warnings\n"
    code += "from paramcount.cli import verbs\n"
    code += "def run(arguments):\n    warnings.warn('loud')\n    import transformers\n"
    code += "    transformers.logging.get_logger('transformers.x').warning('loud')\n    return 0\n"
    code += "verbs.run = run\nmain([])\n"
    pytest.importorskip("transformers")
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    env = {name: value for name, value in os.environ.items() if not name.startswith("TRANSFORMERS")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**env, "PYTHONPATH": root})
    assert (done.returncode, done.stderr) == (0, "")
