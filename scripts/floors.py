"""The lowest versions that pyproject.toml allows, one `name==version` per line: python scripts/floors.py [EXTRA…]

Used by .ci/run with `pip install -c`, to test the versions that are promised.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
FLOOR = re.compile(r"(?P<name>[\w.-]+)>=(?P<version>[\d.]+)(,<[\d.]+)?")
OWN = re.compile(r"paramcount\[(?P<extras>[\w,]+)\]")


def floors(extras: list[str]) -> list[str]:
    """Each requirement of the package and its *extras*, at its lowest version."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in _of(extra, project))]
    found = [FLOOR.fullmatch(line) for line in wanted]
    if unbounded := [line for line, match in zip(wanted, found, strict=True) if match is None]:
        raise SystemExit(f"pyproject.toml: no floor in {', '.join(unbounded)}; valid: name>=version, or with ,<version")
    return [f"{match['name']}=={match['version']}" for match in found if match]


def _of(extra: str, project: dict[str, Any]) -> list[str]:
    """The requirements of *extra*, including those of the extras that it names."""
    lines: list[str] = project["optional-dependencies"][extra]
    named = [name for line in lines if (match := OWN.fullmatch(line)) for name in match["extras"].split(",")]
    return [line for line in lines if not OWN.fullmatch(line)] + [line for name in named for line in _of(name, project)]


if __name__ == "__main__":
    print("\n".join(floors(sys.argv[1:])))
