"""Look for inputs that end in a traceback, a hang or a wrong count: python benchmarks/fuzz.py [MINUTES]

The attacks are those of tests/attacks.py, with different inputs on every run and the same time for each. If atheris can
be imported it gets a third of the time, guided by which lines of paramcount its inputs reach. Prints what was found,
and exits with 1 if anything was.
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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

BATCH = 20  # inputs per seed
SLOW = 2  # seconds of CPU time
COLUMNS = ("tried", "answered", "refused", "wrong", "tracebacks", "slow")
FUZZ = settings(
    max_examples=BATCH, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


def hunt(strategy: Any, check: Callable[[Any], Any], number: int, until: float) -> tuple[Counter[str], dict[str, str]]:
    """What became of a batch of inputs, by kind, and the shortest input for each failure."""
    failures: dict[str, str] = {}
    tally: Counter[str] = Counter()

    @seed(number)
    @FUZZ
    @given(strategy)
    def each(value: Any) -> None:
        began = time.process_time()
        if time.monotonic() > until:
            return
        tally["tried"] += 1
        try:
            tally["answered" if check(value) else "refused"] += 1
        except Exception as error:  # this is what it looks for
            text = value if isinstance(value, str) else json.dumps(value, default=repr)
            tally["wrong" if isinstance(error, AssertionError) else "tracebacks"] += 1
            kind = kind_of(error)
            failures[kind] = min(failures.get(kind, text), text, key=len)
        tally["slow"] += time.process_time() - began > SLOW

    each()
    return tally, failures


def kind_of(error: Exception) -> str:
    """The error, and the place in paramcount where it was raised."""
    traced, places = error.__traceback__, [""]
    while traced:
        code = traced.tb_frame.f_code
        if "paramcount/" in code.co_filename:
            places.append(f"{Path(code.co_filename).name}:{traced.tb_lineno}")
        traced = traced.tb_next
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__} {places[-1]} {lines[1] if len(lines) > 1 and error.args else lines[0][:200]}"


def guided(name: str, seconds: float, folder: Path) -> tuple[str, bool]:
    """How atheris ended after this many *seconds*, and whether it found something."""
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
    """Run one property under atheris, which ends this process."""
    import atheris

    with atheris.instrument_imports(include=["paramcount"]):  # all at once: its output would look like a command's
        import paramcount

        for module in pkgutil.walk_packages(paramcount.__path__, "paramcount."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    with tempfile.TemporaryDirectory() as folder:
        from attacks import attacks

        strategy, check = attacks(Path(folder))[name]

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
    from attacks import attacks

    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    has_atheris = importlib.util.find_spec("atheris") is not None
    until = time.monotonic() + 60 * minutes * (2 / 3 if has_atheris else 1)
    failures: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = attacks(folder)
        tallies: dict[str, Counter[str]] = {name: Counter() for name in found}
        while time.monotonic() < until:
            name = min(tallies, key=lambda name: tallies[name]["milliseconds"])  # the same time for each
            began = time.monotonic()
            tally, failed = hunt(*found[name], random.getrandbits(64), until)
            tallies[name] += tally
            tallies[name]["milliseconds"] += int(1000 * (time.monotonic() - began)) + 1
            for kind in failed.keys() - failures.keys():
                print(f"{name}: {kind}\n    {failed[kind][:2000]}", flush=True)
            failures |= failed
        print(figures(tallies), flush=True)
        if has_atheris:
            for name in ("config", "header"):
                said, wrong = guided(name, 60 * minutes / 6, folder)
                print(f"{name} under atheris: {said}", flush=True)
                failures |= {f"{name} under atheris": said} if wrong else {}
    print(f"{len(failures)} kinds of failure")
    sys.exit(bool(failures))


def figures(tallies: dict[str, Counter[str]]) -> str:
    """Print what became of the inputs of each attack."""
    lines = [f"{'attack':<14}" + "".join(f"{column:>12}" for column in COLUMNS)]
    for name, tally in tallies.items():
        lines.append(f"{name:<14}" + "".join(f"{tally[column]:>12,}" for column in COLUMNS))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
