"""Explanations are found by search."""

from paramcount.auditing import explain
from paramcount.auditing.explain import neighbours
from paramcount.auditing.search import explain_row
from paramcount.catalog import names
from paramcount.catalog.names import resolve
from paramcount.catalog.spec import Published, override
from paramcount.papers.claim import claim


def test_gpt3_xl_has_sixteen_heads():
    [found] = explain(names.find("gpt3-xl"))
    assert found.edit == {"n_heads": 16}
    assert found.total == 1_315_723_264
    assert [figure.printed for figure in found.agrees_with] == ["1.3B", "1,320M"]
    assert "n_heads·d_head = 3072 ≠ d_model = 2048" in found.text
    assert found.command == "paramcount gpt3-xl --set n_heads=16"


def test_gpt3_13b_is_as_wide_as_its_heads():
    """Table D.1's 12,850M decides it; 13.0B contradicts that figure."""
    first, second = explain(names.find("gpt3-13b"))
    assert first.edit == {"d_model": 5120}
    assert second.edit == {}
    assert "contradict each other" in second.text


def test_gpt2s_counts_are_those_of_gpt1s_vocabulary():
    for name in ("gpt2-small", "gpt2-medium", "gpt2-large", "gpt2-xl"):
        edits = [found for found in explain(names.find(name)) if found.edit]
        assert [found.edit for found in edits] == [{"n_vocab": 40478}]
        assert (len(edits[0].rows), edits[0].of_rows) == (4, 4)
        assert edits[0].admissible == (40_468, 40_812)


def test_rows_that_agree_raise_no_alarm():
    for spec in names.everything():
        if all(figure.agrees(spec.model()) for figure in spec.published):
            assert explain(spec) == []


def test_a_planted_misprint_is_found():
    """With a digit of n_layers changed in a row that agreed, the search finds that digit without knowing the model."""
    spec = names.find("cerebras-gpt-6.7b")
    planted = override(spec, {"n_layers": 72})._replace(overridden={})
    assert explain(planted)[0].edit == {"n_layers": 32}


def test_two_printed_digits_prove_no_slip_among_many():
    """13B says so little that the right digit has no bits left; with one more digit it comes first."""
    spec = names.find("cerebras-gpt-13b")
    planted = override(spec, {"n_layers": 70})._replace(overridden={})
    assert explain_row(planted, neighbours(planted)) == []
    assert explain(planted) == []
    [figure] = planted.published
    finer = planted._replace(published=(figure._replace(printed="12.85B", claim=claim("12.85B")),))
    assert explain_row(finer, neighbours(finer))[0].edit == {"n_layers": 40}


def test_a_figure_that_nothing_explains_is_left_alone():
    spec = names.find("cerebras-gpt-13b")
    absurd = Published("nowhere, Table 0", "Table 0", "7M", claim("7M"))
    assert explain(spec._replace(published=(absurd,))) == []


def test_every_explanation_does_what_it_says():
    for spec in names.everything():
        for found in explain(spec):
            if found.command:
                shown = resolve(spec.name, found.command.replace("--set ", "").split()[2:])
                assert shown.model().total() == found.total
                assert all(figure.agrees(shown.model()) for figure in found.agrees_with if figure in spec.published)


def test_what_nothing_explains_is_said_to_be_unexplained(run):
    spec = names.find("cerebras-gpt-13b")
    wrong = spec.published[0]._replace(printed="987.6543M", claim=claim("987.6543M"))
    assert explain(spec._replace(published=(wrong,))) == []
    assert "Why" not in run("cerebras-gpt-13b").stdout
