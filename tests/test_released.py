"""Released models: each config counted, against its published figure and transformers' own class."""

from pathlib import Path

import pytest

from paramcount.catalog import names
from paramcount.config import Config
from paramcount.papers.tables import folder

NAMES = list(names.released())
CONFIGS = Path(folder(), "configs")
NAMING = {"architectures", "model_type"}
UNDECLARED = {"norm_rel_ebd"}  # DeBERTa's class reads it, but its config has no default for it


def config_of(name: str) -> Config:
    return names.find(name).family.config


# The first of each model type in an ordinary run, the rest in the slow run.
FIRST = {config_of(name).model_type: name for name in reversed(NAMES)}.values()


@pytest.mark.parametrize("name", NAMES)
def test_the_count_lies_in_every_printed_figure(name):
    spec = names.find(name)
    assert spec.published
    for figure in spec.published:
        assert figure.agrees(spec.model()), f"{figure.printed} ({figure.reading}) in {figure.source}"


@pytest.mark.parametrize(
    "name", [name if name in FIRST else pytest.param(name, marks=pytest.mark.slow) for name in NAMES]
)
def test_the_ledger_is_that_of_transformers_class(name):
    pytest.importorskip("transformers")
    from paramcount.verification.against import against_transformers

    assert against_transformers(names.find(name)).mismatches == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_row_names_its_repository_its_sources_and_no_other_reading(name):
    first, *further = names.released()[name]
    assert len(first["repository"].split("/")) == 2
    assert first["config"]
    assert all(row["reading"] in ("total", "active", "non-embedding") for row in (first, *further))
    assert all(", " in row["source"] for row in (first, *further))
    assert not any(row[column] for row in further for column in ("repository", "aliases", "config"))


@pytest.mark.parametrize("name", NAMES)
def test_a_config_names_its_class_and_holds_only_keys_of_its_type(name):
    """A misspelt key would silently leave its type's default in place."""
    config = config_of(name)
    assert config.class_name() in config.about["classes"]
    for one in (config, *(inner for inner in config.inner.values() if "model_type" in inner.document)):
        read = {use.key.removeprefix(one.prefix) for use in config.used.values()} | one.inner.keys() | one.asked
        assert one.given.keys() <= one.about["defaults"].keys() | read | NAMING | UNDECLARED


def test_every_config_has_its_row():
    assert {path.stem for path in CONFIGS.glob("*.json")} == set(NAMES)


def test_most_figures_are_exact():
    """A figure of 2 or 3 digits proves little; most give every digit."""
    figures = [figure for name in NAMES for figure in names.find(name).published if figure.reading == "total"]
    exact = [figure for figure in figures if figure.claim.high == figure.claim.low + 1]
    assert len(exact) > 0.9 * len(figures)
