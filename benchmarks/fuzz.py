"""Look for configs and headers that end in a traceback, a hang or a wrong count: python benchmarks/fuzz.py [MINUTES]

The properties are those of tests/test_fuzz_configs.py, over other inputs on every run. Where atheris is importable it
gets a third of the time, guided by which lines of paramcount its inputs reach. What was found is printed; exit 1 then.
"""

from __future__ import annotations

import importlib.util
import json
import pkgutil
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

BATCH = 200  # inputs with one seed
FUZZ = settings(
    max_examples=BATCH, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


def properties(folder: Path) -> dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], Any]]]:
    """Each property: what it holds of, and the check, which raises."""
    from fuzzing import agrees, checkpoint_answers, checkpoint_of, config_answers
    from mutations import ABSURD, MODEST, configs, headers, texts

    @st.composite
    def checkpoints(draw: Callable[[Any], Any]) -> tuple[Any, Any]:
        document = draw(configs(MODEST))
        header = checkpoint_of(document) or {}
        return draw(st.one_of(st.just(header), headers(header))), draw(st.one_of(st.just(document), configs(ABSURD)))

    found = {
        "config": (texts(), lambda text: config_answers(text, folder)),
        "checkpoint": (checkpoints(), lambda pair: checkpoint_answers(*pair, folder).exit_code < 2),
    }
    if importlib.util.find_spec("transformers"):
        found["agreement"] = (configs(MODEST), agrees)
    return found


def hunt(name: str, strategy: Any, check: Callable[[Any], Any], number: int) -> tuple[Counter[str], dict[str, str]]:
    """How many inputs of a batch were checked, and counted rather than refused; the shortest input of each failure."""
    failures: dict[str, str] = {}
    tally: Counter[str] = Counter()

    @seed(number)
    @FUZZ
    @given(strategy)
    def each(value: Any) -> None:
        tally[name] += 1
        try:
            tally[f"{name}, not refused"] += bool(check(value))
        except Exception as error:  # what is looked for
            text = value if isinstance(value, str) else json.dumps(value)
            kind = f"{name}: {kind_of(error)}"
            failures[kind] = min(failures.get(kind, text), text, key=len)

    each()
    return tally, failures


def kind_of(error: Exception) -> str:
    """An error and the place in paramcount that it comes from."""
    traced, places = error.__traceback__, [""]
    while traced:
        code = traced.tb_frame.f_code
        if "paramcount/" in code.co_filename:
            places.append(f"{Path(code.co_filename).name}:{traced.tb_lineno}")
        traced = traced.tb_next
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__} {places[-1]} {lines[1] if len(lines) > 1 and error.args else lines[0][:200]}"


def guided(name: str, seconds: float, folder: Path) -> tuple[str, bool]:
    """How atheris ended after that many *seconds*, and whether it found something."""
    limits = (f"-max_total_time={int(seconds)}", "-rss_limit_mb=8000", "-max_len=4000", "-len_control=0")
    seeds = folder / f"seeds-{name}"
    seeds.mkdir()
    for number in range(50):
        (seeds / str(number)).write_bytes(random.randbytes(4000))
    command = [sys.executable, __file__, "--guided", name, *limits, str(seeds)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, errors="replace")
    found = done.returncode != 0
    return "\n".join(done.stderr.splitlines()[-40 if found else -1 :]), found


def guide(name: str) -> None:
    """Run one property under atheris in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["paramcount"]):  # all at once: what it says would look like a command's
        import paramcount

        for module in pkgutil.walk_packages(paramcount.__path__, "paramcount."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    with tempfile.TemporaryDirectory() as folder:
        strategy, check = properties(Path(folder))[name]

        @FUZZ
        @given(strategy)
        def test(value: Any) -> None:
            try:
                check(value)
            except Exception:
                print(json.dumps(value)[:4000], file=sys.stderr)
                raise

        atheris.Setup([sys.argv[0], *sys.argv[3:]], test.hypothesis.fuzz_one_input)
        atheris.Fuzz()


def main() -> None:
    if "--guided" in sys.argv:
        guide(sys.argv[2])
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    has_atheris = importlib.util.find_spec("atheris") is not None
    until = time.monotonic() + 60 * minutes * (2 / 3 if has_atheris else 1)
    checked: Counter[str] = Counter()
    failures: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = properties(folder)
        while time.monotonic() < until:
            for name, (strategy, check) in held.items():
                count, found = hunt(name, strategy, check, random.getrandbits(64))
                checked += count
                for kind in found.keys() - failures.keys():
                    print(f"{kind}\n    {found[kind][:2000]}", flush=True)
                failures |= found
        print("; ".join(f"{name}: {count:,}" for name, count in checked.items()), flush=True)
        if has_atheris:
            for name in ("config", "checkpoint"):
                said, failed = guided(name, 60 * minutes / 6, folder)
                print(f"{name} under atheris: {said}", flush=True)
                failures |= {f"{name} under atheris": said} if failed else {}
    print(f"{len(failures)} kinds of failure")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
