"""Explanations of printed figures that disagree with a model's count, as `paramcount MODEL` shows them."""

from paramcount.auditing.counting import count
from paramcount.auditing.evidence import DOUBTFUL, luck
from paramcount.auditing.explanation import Explanation, command
from paramcount.auditing.search import explain_row
from paramcount.auditing.verdict import AGREES, UNEXPLAINED, alone
from paramcount.catalog.rows import counted_here, family_of, label_of, stated
from paramcount.catalog.spec import Published, Spec
from paramcount.papers.tables import read, tables

SHOWN = 2


def explain(spec: Spec) -> list[Explanation]:
    """Explanations of the published figures of *spec* that disagree with its count, the likeliest first.

    The whole table is searched only where the row's own cells leave a doubt.
    """
    if spec.family.keys:
        return []  # a config is not a row of a table, so nothing in it is misprinted
    model = spec.model()
    verdicts = {f: alone(f.printed, f.claim, model.read(f.reading)) for f in spec.published}
    if UNEXPLAINED not in verdicts.values():
        return [_by_itself(spec, figure, verdict) for figure, verdict in verdicts.items() if verdict != AGREES]
    rows = neighbours(spec)
    own = [e for e in explain_row(spec, rows) if e.edit or not e.may_be_chance]
    edits = [explanation for explanation in own if explanation.edit and explanation.bits > 0]
    if edits and edits[0].bits >= DOUBTFUL:
        return [edits[0], *(e for e in own if not e.edit)]
    from paramcount.auditing.shared import explain_table  # only where the row's own cells leave a doubt

    shared = [e for e in explain_table(rows) if spec.row in e.rows and not e.may_be_chance]
    if shared:
        return [_of(spec, shared[0]), *(e for e in own if not e.edit)]
    return [*edits[:SHOWN], *(e for e in own if not e.edit)]


def _by_itself(spec: Spec, figure: Published, verdict: str) -> Explanation:
    """The explanation given by a figure's own digits: truncated, or padded with zeros."""
    counted = spec.model().read(figure.reading)
    text = f"{figure.printed} ({figure.place}) {verdict}: the count is {counted:,}"
    return Explanation(text, {}, counted, luck(figure.claim) - 1, "", (figure,), (spec.row,))


def neighbours(spec: Spec) -> list[Spec]:
    """The rows of *spec*'s table that are of its family, *spec* included."""
    if spec.table not in tables():
        return [spec]
    table = tables()[spec.table]
    found = []
    for cells in read(table.path):
        label = label_of(table, cells)
        if counted_here(table, label) and family_of(table, label) == spec.family:
            found.append(stated(table, cells, table.models.get(label, "")))
    return found


def _of(spec: Spec, shared: Explanation) -> Explanation:
    """An explanation *shared* by the table, with the total of this row and the command that shows it."""
    if not shared.edit.keys() <= spec.sizes.keys():
        return shared
    sizes = {**spec.sizes, **shared.edit}
    return shared._replace(total=count(spec, sizes, "total"), command=command(spec, sizes, shared.edit))
