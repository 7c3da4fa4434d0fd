"""The documents are executed: every command in them prints what they show."""

import doctest
import importlib.util
import inspect
import re
import shutil
import sys
from functools import cache
from pathlib import Path

import pytest

import paramcount

ROOT = Path(__file__).resolve().parent.parent
_spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
assert _spec
assert _spec.loader
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)

LINKED = [ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "benchmarks/README.md", "tables/README.md")]
COMMANDS = [
    (page, line[2:])
    for page in build.PAGES
    for block in build.BLOCK.findall(page.read_text(encoding="utf-8"))
    for line in block.splitlines()
    if line.startswith("$ ")
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "figures").mkdir()
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.thorough
@pytest.mark.parametrize("page", build.PAGES, ids=lambda page: page.name)
def test_every_output_is_what_the_program_prints_today(page, folder):
    text = page.read_text(encoding="utf-8")
    assert build.refreshed(text, folder) == text


@pytest.mark.thorough
@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=[command for _, command in COMMANDS])
def test_every_figure_that_a_command_writes_is_shown(page, command, folder):
    if written := re.search(r"-o (figures/\S+)", command):
        build.output(command, folder)
        assert (folder / written[1]).stat().st_size > 1000
        shown = written[1] if page.parent.name == "docs" else f"docs/{written[1]}"
        assert f"({shown})" in page.read_text(encoding="utf-8")


@pytest.mark.thorough
def test_the_audit_of_the_literature_is_what_the_program_finds_today():
    for name, marked, regenerated in (
        ("audit.md", build.FOUND, build.findings),
        ("audit-literature.md", build.GENERATED, build.literature),
    ):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert len(marked.findall(text)) == 1
        assert regenerated(text) == text


@pytest.mark.thorough
def test_every_table_of_counts_has_its_figure_as_the_program_draws_it_today(tmp_path):
    build.audit_figures(tmp_path)
    kept = {path.name: _words(path) for path in (ROOT / "docs" / "figures").glob("audit-*.svg")}
    assert kept == {path.name: _words(path) for path in tmp_path.iterdir()}


def _words(path):
    """The texts of a figure, which don't depend on the version that drew it."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", [command for page, command in COMMANDS if page.name == "page.md"])
def test_a_page_that_is_shown_is_as_the_program_makes_it_today(command, folder):
    build.output(command, folder)
    written = command.split()[-1]
    assert (folder / written).read_text(encoding="utf-8") == (ROOT / "docs" / written).read_text(encoding="utf-8")


def test_the_table_of_the_example_is_the_one_that_is_shown():
    page = (ROOT / "docs" / "audit-your-table.md").read_text(encoding="utf-8")
    assert f"```text\n{(ROOT / 'docs' / 'examples' / 'my-table.csv').read_text(encoding='utf-8')}```" in page


def test_the_reference_is_the_programs_help(folder):
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == build.reference(folder)


def test_every_command_is_in_the_readme_and_the_reference():
    from paramcount.cli.verbs import VERBS

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert build.VERBS == VERBS
    assert all(f"paramcount {verb}" in readme for verb in VERBS if verb != "show")


@pytest.mark.parametrize("page", build.PAGES, ids=lambda page: page.name)
def test_python_examples_hold(page):
    failures, _ = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failures == 0


@cache
def _anchors(page):
    """The anchors of *page*: those that GitHub makes of its titles, and those that it sets itself."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    return slugs | set(re.findall(r'<a id="([^"]+)">', prose))


@pytest.mark.parametrize("page", [*LINKED, *build.PAGES], ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        to = page.parent / target if target else page
        assert to.exists(), target
        assert not anchor or anchor in _anchors(to), f"{target}#{anchor}"


def test_every_document_can_be_reached_from_the_readme():
    reached, new = set(), [ROOT / "README.md"]
    while new:
        page = new.pop()
        reached.add(page)
        links = re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        new += {(page.parent / link).resolve() for link in links} - reached
    assert {*build.PAGES, *LINKED, ROOT / "docs" / "reference.md"} <= reached


NOT_RUN = {"reconcile", "verify_on_gpu", "verify_costs"}  # which take a checkpoint, a GPU, a quarter of a minute


@pytest.mark.parametrize("name", ["__doc__", *paramcount.__all__])
def test_examples_in_docstrings_hold(name):
    found = paramcount if name == "__doc__" else inspect.unwrap(getattr(paramcount, name))
    owner = paramcount if name == "__doc__" else sys.modules[found.__module__]
    tests = doctest.DocTestFinder(recurse=False).find(found, name, globs=dict(vars(owner)))
    if inspect.isclass(found):
        for method in filter(callable, (getattr(found, one) for one in dir(found) if not one.startswith("_"))):
            tests += doctest.DocTestFinder().find(inspect.unwrap(method), f"{name}.{method.__name__}", globs={})
    runner = doctest.DocTestRunner()
    for test in tests:
        runner.run(test)
    assert any(test.examples for test in tests)
    assert runner.tries > 0 or name in NOT_RUN
    assert runner.failures == 0


def test_the_model_type_that_is_shown_is_the_one_that_is_counted():
    page = (ROOT / "docs" / "configs.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```python\n(def .*?)```", page, re.DOTALL)
    assert shown in (ROOT / "paramcount" / "models" / "decoders" / "qwen.py").read_text(encoding="utf-8")
