"""The catalog: every row is counted, every printed value untouched."""

from pathlib import Path

import pytest

from paramcount.catalog import names
from paramcount.catalog.families import family_named
from paramcount.catalog.rows import label_of
from paramcount.catalog.spec import override
from paramcount.models.design import SizeError
from paramcount.papers.tables import folder, read, tables


@pytest.mark.parametrize("name", [spec.name for spec in names.of_tables()])
def test_every_row_is_counted_as_its_cells_say(name):
    """Sizes are printed cells or marked as assumed, and the count is within 20 % of every printed figure."""
    spec = names.find(name)
    table = tables()[spec.table]
    cells = next(row for row in read(table.path) if label_of(table, row) == spec.row)
    for field in spec.family.sizes:
        if cells.get(field):
            assert spec.sizes[field] == int(cells[field])
    assert spec.published
    assert all(abs(figure.error(spec.model())) < 0.2 for figure in spec.published)


AGREEING = set(names.names()) - {
    "gpt2-small",
    "gpt2-medium",
    "gpt2-large",
    "gpt2-xl",
    "gpt3-medium",
    "gpt3-xl",
    "gpt3-13b",
    "gpt3-175b",
    "megatron-lm-355m",
    "bert-base",
    "bert-large",
    "llama-65b",
    "opt-350m",
    "palm-540b",
    "pythia-31m",
    "pythia-160m",
    "pythia-410m",
}


@pytest.mark.parametrize("name", names.names())
def test_which_rows_agree_with_all_their_figures(name):
    spec = names.find(name)
    agrees = all(figure.agrees(spec.model()) for figure in spec.published)
    assert agrees == (name in AGREEING)


def test_aliases_and_case():
    assert names.find("gpt3").name == names.find("davinci").name == names.find("GPT3-175B").name == "gpt3-175b"
    assert names.find("gpt2").name == "gpt2-small"


def test_names_are_unambiguous():
    """No alias hides a model, no family a model or an alias."""
    aliases = [alias for table in tables().values() for alias in table.aliases]
    every = [*names.names(), *aliases, *names.FAMILIES]
    assert len(set(every)) == len(every)


def test_a_typo_is_answered_with_suggestions():
    with pytest.raises(names.UnknownModelError, match="did you mean gpt3-xl"):
        names.find("gpt3-xxl")


def test_an_override_carries_the_tied_width_along():
    spec = names.resolve("gpt3-small", ["d_model=1024"])
    assert spec.sizes["d_ff"] == 4096
    assert names.resolve("gpt3-small", ["d_ff=1000", "d_model=1024"]).sizes["d_ff"] == 1000
    assert spec.title() == "gpt3-small with d_model = 1024"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("n_experts=8", "not a hyperparameter of gpt"),
        ("n_heads", "no value"),
        ("tied=maybe", "valid: true, false"),
        ("n_layers=0", "zero"),
        ("n_layers=2.5", "not a positive whole number"),
    ],
)
def test_bad_changes_are_refused(change, message):
    with pytest.raises(SizeError, match=message):
        names.resolve("gpt3-xl", [change])


def test_every_table_has_a_source_and_is_listed_in_the_readme():
    readme = Path(folder(), "README.md").read_text(encoding="utf-8")
    for path in Path(folder()).glob("*.csv"):
        assert path.stem in readme
    assert all(table.source and table.title and table.year for table in tables().values())


def test_heads_of_tables_name_rows_and_sizes_that_there_are():
    """A misspelt `# assume` would be ignored, and the row counted without it."""
    for table in tables().values():
        labels = {label_of(table, row) for row in read(table.path)} | {""}
        assert labels >= {*table.families, *table.assumed}, table.path
        for label, assumed in table.assumed.items():
            kinds = [table.families.get(label) or table.families[""]] if label else table.families.values()
            known = {field for kind in kinds for field in family_named(kind).fields}
            assert known >= set(assumed), (table.path, label)


def test_an_override_keeps_given_sizes_and_settled_ones_the_same():
    """Cerebras-GPT prints d_ff = 4·d_model, so d_ff follows a changed width, even though it is given."""
    spec = override(names.find("cerebras-gpt-13b"), {"d_model": 4096})
    assert spec.given["d_ff"] == spec.sizes["d_ff"] == 16384
    assert spec.given.items() <= spec.sizes.items()
