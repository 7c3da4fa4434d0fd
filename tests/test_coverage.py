"""docs/coverage.md lists what is counted; a type that was added but not verified fails here."""

import importlib.util
from pathlib import Path

from paramcount.config.types import version
from paramcount.models.registry import accepted, of_more_than_text

ROOT = Path(__file__).resolve().parent.parent
_spec = importlib.util.spec_from_file_location("docs_coverage", ROOT / "docs" / "coverage.py")
assert _spec
assert _spec.loader
coverage = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(coverage)

PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
ANEW = "run: python docs/coverage.py --processes 2"


def test_the_page_lists_every_accepted_type_with_the_classes_that_are_counted():
    listed = {model_type: classes for model_type, (classes, _) in coverage.listed(PAGE).items()}
    counted = [*accepted(), *of_more_than_text()]
    assert listed == {model_type: coverage.counted_classes(model_type) for model_type in counted}, ANEW


def test_every_type_was_compared_for_fifty_configs_or_more():
    assert [t for t, (_, compared) in coverage.listed(PAGE).items() if compared < coverage.VARIATIONS] == []


def test_the_page_says_which_version_it_was_compared_with():
    assert f"transformers {version()}." in PAGE


def test_every_type_that_is_known_and_not_counted_is_named():
    apart = PAGE.partition("## What is not counted here")[2]
    for model_type in {name for names in coverage.not_counted() for name in names}:
        assert f"`{model_type}`" in apart, ANEW


def test_the_page_says_of_every_type_whether_its_costs_are_stated():
    assert coverage.with_costs(PAGE) == PAGE, "run: python docs/coverage.py --costs"
    assert PAGE.count("| exact |") >= 200
