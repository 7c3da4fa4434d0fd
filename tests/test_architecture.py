"""The house: imports run downward, heavy libraries stay in few rooms, blocks use only + and *."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "paramcount"

# From the ground up. A room may import the rooms before it, and itself.
FLOORS = [
    "errors",
    "extras",
    "frames",
    "inputs",
    "quantity",
    "arguments",
    "ledger",
    "checkpoint",
    "hub",
    "config",
    "papers",
    "blocks",
    "models",
    "classes",
    "catalog",
    "formula",
    "comparison",
    "costs",
    "scaling",
    "verification",
    "auditing",
    "solver",
    "derivation",
    "report",
    "library",
    "cli",
]
HEAVY_ROOMS = {
    "sympy": {"formula", "derivation"},
    "torch": {"classes", "verification", "checkpoint", "derivation"},
    "matplotlib": {"report"},
    "numpy": {"solver", "costs", "report", "scaling"},
    "scipy": {"scaling"},
    "pandas": {"frames"},
    "lxml": {"papers"},
    "pylatexenc": {"papers"},
    "markdown_it": {"papers", "report"},
    "jinja2": {"report"},
    "rich": {"cli"},
    "click": {"cli"},
    "huggingface_hub": {"hub", "classes"},
    "gguf": set(),
    "safetensors": set(),
    "transformers": {"classes", "derivation"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def _imports(path: Path) -> set[str]:
    """Every module that the file imports anywhere, except for types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


ROOMS = sorted({_room(path) for path in MODULES} - {"__init__", "__main__"})


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_downward(room):
    assert room in FLOORS, f"{room} has no floor yet; give it one here and in docs/architecture.md"
    for path in _of(room):
        own = {name.split(".")[1] for name in _imports(path) if name.startswith("paramcount.")}
        upward = [other for other in own if FLOORS.index(other) > FLOORS.index(room)]
        assert not upward, f"{path} imports upward"


@pytest.mark.parametrize("room", ROOMS)
def test_heavy_libraries_stay_in_their_rooms(room):
    barred = {library for library, rooms in HEAVY_ROOMS.items() if room not in rooms}
    for path in _of(room):
        assert not barred & {name.split(".")[0] for name in _imports(path)}, path


def _of(room: str) -> list[Path]:
    return [path for path in MODULES if _room(path) == room]


# It reads from lists which layer is of which kind, counts them, and turns the counts into sizes.
READS_LISTS = "stacks.py"
BLOCKS = [path for path in MODULES if _room(path) == "blocks" and path.name != READS_LISTS]


@pytest.mark.parametrize("path", BLOCKS, ids=lambda path: path.stem)
def test_blocks_use_plus_and_times_alone(path):
    """On symbols any other operator would silently pick a wrong branch; a remainder or a rounding is a size's rule."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.BinOp):
            assert isinstance(node.op, ast.Add | ast.Mult | ast.BitOr), ast.unparse(node)
        if isinstance(node, ast.UnaryOp):
            assert isinstance(node.op, ast.Not), ast.unparse(node)
        if isinstance(node, ast.Compare):
            assert not any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops), ast.unparse(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"max", "min", "round", "int", "abs", "divmod", "pow", "range"}, node.func.id


def test_leaves_compare_nothing():
    """What torch's modules contain depends only on switches."""
    tree = ast.parse((PACKAGE / "blocks" / "leaves.py").read_text(encoding="utf-8"))
    assert not any(isinstance(node, ast.Compare) for node in ast.walk(tree))


def test_the_witness_never_reads_the_ledger():
    """A module generated from the ledger would prove nothing."""
    for path in (PACKAGE / "verification" / "witnesses").glob("*.py"):
        assert not any(name.startswith("paramcount") for name in _imports(path))


def test_every_file_that_the_page_names_exists():
    root = PACKAGE.parent
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    files = {path.name for folder in (PACKAGE, root / "scripts", root / "tests") for path in folder.rglob("*.*")}
    assert {Path(name).name for name in re.findall(r"`([\w./]+\.(?:py|js|j2|jsonl))`", page)} <= files


def test_modules_are_short():
    for path in MODULES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path


def test_every_public_thing_is_documented():
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree) or not tree.body, path
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"


def test_no_module_imports_itself_round_a_circle():
    """Imports inside functions count too; the package that contains a module doesn't."""
    names = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
             for path in MODULES}  # fmt: skip
    above = {
        name: {
            other
            for found in _imports(path)
            for other in (found, found.rpartition(".")[0])
            if other in names and not f"{name}.".startswith(f"{other}.")
        }
        for name, path in names.items()
    }
    while free := {name for name, others in above.items() if not others & above.keys()}:
        above = {name: others for name, others in above.items() if name not in free}
    assert not above, f"in a circle, or above one: {sorted(above)}"
