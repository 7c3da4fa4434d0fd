"""What benchmarks/fuzz.py tries: each attack is what it draws from, and a check that says whether it was answered.

A check raises where a property does not hold, and returns whether the input was counted rather than refused.
"""

import contextlib
import importlib.util
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fuzzing import agrees, answers, checkpoint_answers, checkpoint_of, command, config_answers
from hypothesis import strategies as st
from mutations import ABSURD, MODEST, configs, headers, texts, wholes

Attack = tuple[st.SearchStrategy[Any], Callable[[Any], bool]]
LARGEST = 2_000_000  # parameters of a model that is actually saved
CATALOG = ["gpt3-xl", "gpt2-small", "llama-7b", "bert-base", "t5-base", "chinchilla", "no-such-model"]
VERBS = [[], ["formula"], ["compare", "gpt2-small"], ["table"], ["audit"]]
SUFFIXES = ["txt", "json", "csv", "md", "tex", "xyz", ""]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp500"]


def attacks(folder: Path) -> dict[str, Attack]:
    """Every attack that this environment allows, by name; files go into *folder*."""
    found: dict[str, Attack] = {
        "config": (texts(), lambda text: config_answers(text, folder)),
        "nested config": (wholes(), lambda document: config_answers(json.dumps(document), folder)),
        "header": (_checkpoints(), lambda pair: checkpoint_answers(*pair, folder).exit_code < 2),
        "encoding": (st.tuples(configs(), st.sampled_from(ENCODINGS)), lambda pair: encoded(*pair, folder)),
        "output": (_outputs(), lambda given: written(*given, folder)),
        "hash seed": (st.tuples(configs(MODEST), st.integers(1, 10**6)), lambda pair: same_in_any_order(*pair, folder)),
    }
    found["terminal"] = (
        st.tuples(configs(MODEST), st.sampled_from(["utf-8", "ascii", "latin-1", "cp1252"])),
        lambda pair: printed_anywhere(*pair, folder),
    )
    if importlib.util.find_spec("transformers"):
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        found["agreement"] = (configs(MODEST), agrees)
        found["stale keys"] = (st.tuples(configs(MODEST), st.randoms(use_true_random=False)), lambda pair: stale(*pair))
        found["saved"] = (configs(MODEST), lambda document: saved(document, folder))
    return found


@st.composite
def _checkpoints(draw: Callable[[Any], Any]) -> tuple[Any, Any]:
    document = draw(configs(MODEST))
    header = checkpoint_of(document) or {}
    return draw(st.one_of(st.just(header), headers(header))), draw(st.one_of(st.just(document), configs(ABSURD)))


@st.composite
def _outputs(draw: Callable[[Any], Any]) -> tuple[list[str], str, str]:
    arguments = [*draw(st.sampled_from(VERBS)), draw(st.sampled_from([*CATALOG, "gpt3", "gpt2"]))]
    form = draw(st.sampled_from(["", "table", "json", "csv", "md", "tex"]))
    return arguments, form, draw(st.sampled_from(["plain", "folder", "nowhere", "full", "there", *SUFFIXES]))


def encoded(document: Any, encoding: str, folder: Path) -> bool:
    """A config in some encoding, with non-ASCII letters."""
    text = json.dumps({**document, "_name_or_path": "é"}, ensure_ascii=False)
    (folder / "config.json").write_bytes(text.encode(encoding, "replace"))
    return answers(str(folder / "config.json")).exit_code < 2


def _full(folder: Path) -> Path:
    """A device like /dev/full in *folder*, or no file if it can't be made. The machine's own is never used."""
    device = folder / "full"
    if not device.exists():
        with contextlib.suppress(OSError):
            os.mknod(device, 0o600 | stat.S_IFCHR, os.makedev(1, 7))
    return device


def written(arguments: list[str], form: str, place: str, folder: Path) -> bool:
    """A command writes to a file what it prints in that format, or says in one line why it can't."""
    target = {"folder": folder, "nowhere": folder / "no" / "x.json", "full": _full(folder)}.get(place)
    target = target or folder / (f"out.{place}" if place in SUFFIXES else "out.json")
    if place == "there":
        target.write_text("before")
    elif target.is_file():
        target.unlink()
    given = [*arguments, *(["--format", form] if form else [])]
    ran = command(*given, "-o", str(target))
    assert ran.exit_code in (0, 1, 2), ran
    if ran.exit_code == 2:
        assert ran.stderr.startswith("paramcount: "), ran
        assert ran.stderr.count("\n") == 1, ran
        assert place != "there" or target.read_text() == "before"
    elif target.is_file():
        suffix = {"txt": "table", "": "table"}.get(target.suffix[1:], target.suffix[1:])
        printed = command(*arguments, "--format", form or suffix).stdout
        assert target.read_text(encoding="utf-8") == printed
    return ran.exit_code < 2


def same_in_any_order(document: Any, seed: int, folder: Path) -> bool:
    """The answer doesn't depend on Python's hash seed."""
    path = folder / "config.json"
    path.write_text(json.dumps(document))
    ran = [_run(path, PYTHONHASHSEED=str(number)) for number in (0, seed)]
    assert ran[0] == ran[1], (ran[0], ran[1])
    return ran[0][0] < 2


def printed_anywhere(document: Any, encoding: str, folder: Path) -> bool:
    """The exit status doesn't depend on the terminal's encoding, and there is no traceback."""
    path = folder / "config.json"
    path.write_text(json.dumps(document))
    code, _, stderr = _run(path, PYTHONIOENCODING=encoding)
    assert (code, b"Traceback" in stderr) == (answers(str(path)).exit_code, False), stderr.splitlines()[-1]
    return code < 2


def _run(path: Path, **environment: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "paramcount", str(path)], env={**os.environ, **environment}, capture_output=True
    )
    return done.returncode, done.stdout, done.stderr


def stale(document: Any, random: Any) -> bool:
    """A config as transformers writes it, with everything it derives, and one number changed by hand."""
    built = _built(document)
    if built is None:
        return False
    full = json.loads(built.config.to_json_string(use_diff=False))
    numbers = [key for key, value in full.items() if type(value) is int]
    if not numbers:
        return False
    full[random.choice(numbers)] = random.randint(1, 12)
    return agrees({**full, "model_type": document["model_type"]})


def saved(document: Any, folder: Path) -> bool:
    """A checkpoint that transformers saves of a config's model agrees with its count."""
    from paramcount.classes.meta import silence

    built = _built(document)
    if built is None or not agrees(document) or sum(p.numel() for p in built.parameters()) > LARGEST:
        return False
    place = folder / "saved"
    shutil.rmtree(place, ignore_errors=True)
    try:
        with silence():
            type(built)(built.config).save_pretrained(place)
    except Exception:  # whatever transformers raises on what it built only on the meta device
        return False
    ran = answers(str(place))
    said = ran.stdout.partition("Checkpoint: ")[2] or ran.stderr
    assert ran.exit_code == 0, f"a checkpoint saved for real\n{type(built).__name__}\n{said}"
    return True


def _built(document: Any) -> Any:
    """The transformers class that *document* describes, on the meta device; None if either side refuses it."""
    from paramcount.classes import of_transformers
    from paramcount.classes.meta import silence
    from paramcount.config import parse
    from paramcount.models.configured import Configured

    try:
        with silence():
            return of_transformers.build(Configured(parse(json.dumps(document), "config")).config)
    except Exception:  # transformers raises whatever its classes run into
        return None
