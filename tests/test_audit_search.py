"""What the audit must find without help, and what holds for every explanation: it reconciles, with the bits in docs."""

from math import comb, inf, log2

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from paramcount.auditing.column import OCTAVES, column
from paramcount.auditing.edits import edited
from paramcount.auditing.evidence import luck, odds
from paramcount.auditing.explanation import Explanation
from paramcount.auditing.misprints import misprints, slips
from paramcount.auditing.printed_figures import printed_like
from paramcount.auditing.regularities import weighed
from paramcount.auditing.relations import relate
from paramcount.auditing.search import explain_row
from paramcount.auditing.table import AuditedRow, audit, audited
from paramcount.auditing.verdict import truncates
from paramcount.catalog import names
from paramcount.catalog.families import FAMILIES
from paramcount.catalog.rows import label_of
from paramcount.catalog.spec import Published, Spec
from paramcount.papers.claim import Claim, claim
from paramcount.papers.preamble import Table
from paramcount.papers.tables import read, tables


def _rows(name: str) -> dict[str, AuditedRow]:
    return {row.label: row for row in audit(tables()[name]).rows}


def _edits(row: AuditedRow) -> list[Explanation]:
    return [explanation for explanation in row.explanations if explanation.edit]


def _with(name: str, label: str, **cells: str) -> AuditedRow:
    """The row *label* of a table in which its *cells* are different."""
    table = tables()[name]
    printed = [{**row, **(cells if label_of(table, row) == label else {})} for row in read(table.path)]
    return next(row for row in audited(table, printed).rows if row.label == label)


# What it must find without help.


def test_gpt2s_four_counts_are_exact_with_gpt1s_vocabulary():
    result = audit(tables()["gpt2"])
    best = result.explanations[0]
    assert best.edit == {"n_vocab": 40478}
    assert (len(best.rows), best.of_rows, best.admissible) == (4, 4, (40468, 40812))
    for row in result.rows:
        assert max(row.explanations, key=lambda explanation: explanation.bits) == best
        first = row.published[0].figure
        counted = row.spec.family.build(**{**row.spec.sizes, "n_vocab": 40478}).total()
        assert printed_like(counted, first, first) == first.printed


def test_gpt3_xl_has_sixteen_heads():
    row = _rows("gpt3")["GPT-3 XL"]
    assert row.explanations[0].edit == {"n_heads": 16}
    assert row.verdict == "explained"


def test_gpt3_13b_is_as_wide_as_its_heads_and_table_d1_decides():
    first = _rows("gpt3")["GPT-3 13B"].explanations[0]
    assert first.edit == {"d_model": 5120}
    assert [(figure.printed, figure.table) for figure in first.agrees_with] == [("12,850M", "gpt3-compute")]


@pytest.mark.parametrize(("label", "printed"), [("GPT-3 175B", "175.0B"), ("GPT-3 13B", "13.0B")])
def test_figures_that_only_name_a_model_are_nominal(label, printed):
    statements = [found.text for found in _rows("gpt3")[label].explanations if not found.edit]
    assert any(text.startswith(f"{printed} (Table 2.1) is nominal") for text in statements)


def test_chinchillas_fifty_rows_agree_with_relative_positions_alone():
    """Plain families are further off whatever they leave out: with or without norms, tied or not."""
    rows = audit(tables()["chinchilla"]).rows
    assert [row.verdict for row in rows] == ["agrees"] * 50
    agreeing = {}
    for tied in (True, False):
        for left_out in ("total", "total without norm, final norm"):
            counts = [FAMILIES["gpt-neox"].build(**{**row.spec.sizes, "tied": tied}).read(left_out) for row in rows]
            pairs = zip(counts, rows, strict=True)
            agreeing[tied, left_out] = sum(row.published[0].figure.claim.admits(count) for count, row in pairs)
    assert set(agreeing.values()) == {0}


def test_llama_65b_was_truncated():
    assert _rows("llama")["LLaMA 65B"].verdict == "agrees only if truncated"


@pytest.mark.parametrize(("name", "column"), [("pythia", "n_params_non_embedding"), ("bloom", "n_params_printed")])
def test_exact_counts_are_exact(name, column):
    judged = [j for row in _rows(name).values() for j in row.published if j.figure.column == column]
    assert len(judged) >= 6
    assert all(j.verdict == "agrees" and j.figure.claim == Claim(j.counted, j.counted + 1, j.counted) for j in judged)


def test_webtext2_was_not_read_2_9_times():
    related = {r.row: r for r in audit(tables()["gpt3-data"]).relations}["WebText2"]
    assert not related.holds


def test_a_budget_is_too_small_by_ten():
    off = {r.row: r.off_by for r in audit(tables()["chinchilla-budgets-2"]).relations if not r.holds}
    assert off["3 175B"] == "too small by 10"
    assert [row for row, how in off.items() if how] == ["3 175B"]


def test_rows_that_agree_have_no_explanations():
    rows = [row for table in tables().values() for row in audit(table).rows if row.verdict == "agrees"]
    assert len(rows) > 100
    assert not [row.label for row in rows if row.explanations]


def test_norms_are_left_out_once():
    """The same hypothesis isn't listed twice."""
    for table in tables().values():
        changes = [(e.rows, tuple(sorted(map(str, e.edit.items())))) for e in audit(table).explanations]
        assert len(changes) == len(set(changes))


# Planted misprints.


@pytest.mark.parametrize(
    ("name", "label", "column", "printed", "meant"),
    [
        ("chinchilla", "893M", "d_ff", "7186", 7168),
        ("chinchilla", "893M", "n_layers", "23", 20),
        ("megatron-lm", "GPT-2 8.3B", "d_head", "96", 128),
        ("opt", "OPT-30B", "d_model", "7186", 7168),
        ("pythia", "Pythia 2.8B", "n_params_printed", "2.5B", "2.8B"),
        ("gpt3", "GPT-3 2.7B", "n_params_printed", "7.2B", "2.7B"),
        ("transformers-roberta", "roberta-large", "n_params_printed", "24", "355M"),
        ("deberta", "V3-XSmall", "d_model", "324", 384),
        ("fairseq-dense", "dense_6_7b", "d_model", "4906", 4096),
        ("deepseek-llm", "7B", "d_model", "4036", 4096),
        ("transformers-bart", "bart-base", "n_decoder_heads", "61", 16),
    ],
)
def test_a_planted_misprint_comes_first(name, label, column, printed, meant):
    row = _with(name, label, **{column: printed})
    assert row.verdict != "agrees"
    assert _edits(row)[0].edit == {column: meant}


def test_sizes_that_state_no_model_are_explained():
    row = _with("opt", "OPT-13B", d_model="5130")
    assert (row.verdict, row.spec) == ("impossible", None)
    assert row.explanations[0].edit == {"d_model": 5120}
    heads = _with("opt", "OPT-13B", n_heads="41")
    assert {"n_heads": 40} in [e.edit for e in heads.explanations[:3]]


def test_neighbours_that_state_no_model_do_no_harm():
    table = tables()["opt"]
    printed = [{**row, "n_heads": "7"} for row in read(table.path)]
    assert all(
        row.verdict in ("impossible", "agrees", "explained", "unexplained") for row in audited(table, printed).rows
    )


# Every explanation.

SOUND = [
    (table, row) for table in tables().values() for row in audit(table).rows if row.verdict == "agrees" and row.spec
]


@st.composite
def misprinted(draw) -> tuple[Table, AuditedRow]:
    """The audit of a row that agreed, with one of its sizes or counts changed."""
    table, sound = draw(st.sampled_from(SOUND))
    cells = next(cells for cells in read(table.path) if label_of(table, cells) == sound.label)
    own = (f for f in sound.spec.given if f not in sound.spec.assumed and f not in table.label)
    fields = [f for f in own if cells.get(f)]
    assume(fields)
    field = draw(st.sampled_from(fields))
    printed = draw(st.sampled_from([text for text in slips(cells[field]) if int(text) > 0]))
    return table, _with(table.name, sound.label, **{field: printed})


@given(misprinted())
def test_every_edit_reconciles(case):
    """Recounted through the ledger instead of the compiled counter."""
    _, row = case
    for found in _edits(row) if row.spec else ():
        [(field, value)] = list(found.edit.items())[:1]
        if field not in row.spec.sizes:
            if isinstance(value, str) and field in {j.figure.column for j in row.published}:
                [figure] = found.agrees_with
                zeros = tables()[figure.table].insignificant_zeros
                assert claim(value, zeros).admits(row.spec.model().read(figure.reading))
            continue
        assert value != row.spec.sizes[field]
        sizes = edited(row.spec, found.edit) if not found.of_rows > 1 else {**row.spec.sizes, **found.edit}
        model = row.spec.family.build(**sizes)
        counts = [(f.claim, model.read(f.reading)) for f in found.agrees_with if f in row.spec.published]
        assert all(
            admitted.admits(n) or ("truncated" in found.text and truncates(admitted, n)) for admitted, n in counts
        )


@given(misprinted())
def test_explanations_are_ranked_and_worth_something(case):
    _, row = case
    edits = _edits(row)
    assert edits == sorted(edits, key=lambda found: -found.bits)
    assert len({str(found.edit) for found in edits}) == len(edits)
    assert row.spec is None or all(found.bits > 0 for found in edits)
    assert all(found.may_be_chance == (found.bits < 3) for found in edits)


@given(misprinted())
def test_looser_claims_give_less(case):
    """The same edit has fewer bits if the figure it matches says less."""
    _, row = case
    assume(row.spec is not None and row.verdict != "agrees")
    loose = [f._replace(claim=_wider(f.claim)) for f in row.spec.published]
    found = [e for e in explain_row(row.spec, [row.spec]) if e.edit.keys() <= row.spec.sizes.keys()]
    alone = {str(e.edit): e.bits for e in found if "truncated" not in e.text}
    for found in explain_row(row.spec._replace(published=tuple(loose)), [row.spec]):
        if found.edit and str(found.edit) in alone:
            assert found.bits <= alone[str(found.edit)] + 1e-9


def _wider(admitted: Claim) -> Claim:
    room = admitted.low // 1000
    return admitted._replace(low=admitted.low - room, high=admitted.high + room)


# The parts.


@given(st.integers(1, 10**9), st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_luck_falls_as_claims_widen(low, start, width, more):
    tight = Claim(low + start, low + start + width, low)
    assert luck(tight) >= luck(tight._replace(high=tight.high + more)) >= 0
    assert luck(tight) >= luck(tight._replace(low=max(1, tight.low - more)))


@given(st.integers(0, 100), st.integers(0, 100))
def test_odds_are_those_of_the_rule_of_succession(keeping, breaking):
    assert odds(keeping, keeping + breaking) == log2((keeping + 1) / (breaking + 1))
    assert odds(keeping, keeping + breaking) == pytest.approx(-odds(breaking, keeping + breaking))


@given(st.integers(1, 10**7).map(str))
def test_slips_are_mutual(text):
    """A changed digit, a swap and a wrong zero work in both directions; none leaves the number unchanged."""
    assert text not in misprints(text)
    for meant in slips(text):
        if meant != "0":
            assert text in misprints(meant)


@given(st.integers(1, 10**12).map(lambda n: f"{n:,}M"))
def test_slips_of_counts_are_numbers_with_their_commas(text):
    for meant in slips(text):
        whole = meant.rstrip("M")
        assert whole.replace(",", "").isdigit()
        assert "," not in text or whole == f"{int(whole.replace(',', '')):,}"
        assert claim(meant).nominal >= 0


@given(st.integers(1, 10**6).map(str))
def test_a_slip_costs_its_kind_and_its_place(text):
    costs = misprints(text)
    digits = [cost for meant, cost in costs.items() if len(meant) == len(text) and sorted(meant) != sorted(text)]
    assert all(log2(5) < cost <= log2(5) + log2(9 * len(text)) for cost in digits)


@given(st.lists(st.integers(1, 10**5), min_size=1, max_size=12), st.data())
def test_a_column_expects_something(values, data):
    """The likelihoods of all numbers add up to at most one over the octaves that a number may lie in."""
    place = data.draw(st.integers(0, len(values) - 1))
    found = column(values, place)
    value = data.draw(st.integers(1, 10**6))
    assert 0 <= found.cost(value) < inf
    assert OCTAVES > 0
    same = column([7, *values], 0)
    assert same.cost(values[0]) <= -log2(same.repeats / len(values)) + 1e-9


def test_what_all_rows_repeat_is_cheaper_the_more_they_are():
    few, many = column([64] * 3, 1), column([64] * 30, 1)
    assert many.cost(64) < few.cost(64) < 1 < few.cost(63) < many.cost(63)


@given(st.integers(1, 20), st.integers(0, 5))
def test_a_law_is_worth_the_odds_that_the_other_rows_give_it(keeping, breaking):
    fits = {"n_heads": 4, "d_head": 8, "d_model": 32}
    others = [fits] * keeping + [{**fits, "d_model": 33}] * breaking
    found = weighed(others, ["n_heads", "d_head", "d_model"])
    worth = log2((keeping + 1) / (breaking + 1))
    assert [bits for _, bits in found] == ([worth] if worth > 0 else [])


def test_the_admissible_interval_is_exact():
    """Its ends reconcile every row that it is about; their neighbours don't."""
    checked = 0
    for table in tables().values():
        rows = {row.label: row.spec for row in audit(table).rows}
        for found in audit(table).explanations:
            if found.admissible:
                low, high = found.admissible
                [field] = found.edit
                ends = [_all_agree(found, rows, field, value) for value in (low - 1, low, high, high + 1)]
                assert ends == [False, True, True, False]
                checked += 1
    assert checked


def _all_agree(found: Explanation, rows: dict[str, Spec], field: str, value: int) -> bool:
    """Whether *value* matches each figure in the same way as the value found: rounded, or cut off."""

    def holds(row: str, figure: Published) -> bool:
        as_found, here = (
            rows[row].family.build(**{**rows[row].sizes, field: each}) for each in (found.edit[field], value)
        )
        if figure.agrees(as_found):
            return figure.agrees(here)
        return truncates(figure.claim, here.read(figure.reading))

    return all(holds(row, figure) for row, figure in zip(found.rows, found.agrees_with, strict=True))


def test_a_convention_that_few_rows_need_pays_for_saying_which():
    """One of four rows costs log2(5) + log2(4); all four cost only log2(5)."""
    from paramcount.auditing.shared import pattern

    assert pattern(4, 4) == log2(5)
    assert pattern(4, 1) == log2(5) + log2(comb(4, 1))


@given(st.integers(10**6, 10**12))
def test_a_count_is_written_as_the_figure_beside_it(counted):
    spec = names.find("gpt3-2.7b")
    for figure in spec.published:
        text = printed_like(counted, figure, figure)
        assert claim(text, 0).admits(counted) or claim(text, 0).low <= counted <= claim(text, 0).high


def test_relations_know_slips_with_commas():
    cells = {"a": "13,200", "b": "1,320"}
    assert ("a", "13,200", "1,320") in [mend[:3] for mend in relate("a = b", "x", cells).mended_by]


def test_a_cell_and_a_convention_are_changed_together_where_nothing_simpler_does():
    """GPT-2 small with a misprinted depth, beside rows counted without their norms: neither alone explains it."""
    from paramcount.auditing.cell_and_convention import explain_pair
    from paramcount.catalog.names import find
    from paramcount.catalog.spec import override
    from paramcount.papers.claim import claim

    rows = []
    for name in ("gpt2-small", "gpt2-medium", "gpt2-large", "gpt2-xl"):
        spec = find(name)
        counted = spec.model().read("total without layer norm, final norm")
        figure = Published("here, Table 1", "Table 1", f"{counted:,}", claim(f"{counted:,}"), column="n")
        rows.append(spec._replace(published=(figure,)))
    given = {**rows[0].given, "n_layers": 21}
    planted = override(rows[0], {"n_layers": 21})._replace(overridden={}, given=given)
    best = explain_pair(planted, [planted, *rows[1:]])[0]
    assert best.edit == {"without": "norms", "n_layers": 12}
    assert best.bits > 0
    assert best.total == rows[0].published[0].claim.low
