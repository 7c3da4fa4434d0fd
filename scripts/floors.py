"""The lowest versions that pyproject.toml allows, one `name==version` a line: python scripts/floors.py [EXTRA…]

For `pip install -c`, so that what is promised is installed and tried: .ci/run does.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
FLOOR = re.compile(r"(?P<name>[\w.-]+)>=(?P<version>[\d.]+)(,<[\d.]+)?")


def floors(extras: list[str]) -> list[str]:
    """Each requirement of the package and of its *extras* at its floor."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    found = [FLOOR.fullmatch(line) for line in wanted]
    if unbounded := [line for line, match in zip(wanted, found, strict=True) if match is None]:
        raise SystemExit(f"pyproject.toml: no floor in {', '.join(unbounded)}; valid: name>=version, or with ,<version")
    return [f"{match['name']}=={match['version']}" for match in found if match]


if __name__ == "__main__":
    print("\n".join(floors(sys.argv[1:])))
