"""Why a printed count and the row it stands in do not agree: found by search, never written down for a model."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from paramcount.audit.edits import WIDTH, Edit, conventions, edits
from paramcount.catalog import find
from paramcount.published import tables
from paramcount.spec import Published, Spec, override

MOST = 3  # explanations shown for a model: the best and its rivals


class Explanation(NamedTuple):
    """A change that reconciles a row with figures printed for it, or (edit empty) why none can.

    *agrees_with* are the figures that the changed count agrees with; *rows* of *of_rows* in the same table, all of
    which disagree as they stand, agree under the same change.
    """

    text: str
    edit: dict[str, int | bool]
    total: int
    restores: str
    agrees_with: tuple[Published, ...]
    rows: int = 1
    of_rows: int = 1
    command: str = ""


def explain(spec: Spec) -> list[Explanation]:
    """What explains the published figures of *spec* that its count does not agree with; the likeliest first."""
    total = spec.model().total()
    found: list[Explanation] = []
    for figure in sorted(spec.published, key=lambda figure: figure.claim.high - figure.claim.low):
        if figure.claim.admits(total) or any(figure in explanation.agrees_with for explanation in found):
            continue
        together = tuple(other for other in spec.published if _compatible(figure, other))
        settled = [total, *(explanation.total for explanation in found)]
        rival = next(((f, t) for t in settled for f in spec.published if f.claim.admits(t)), None)
        if rival:
            found.append(_excluded(figure, *rival))
            found += _search(spec, together, conventions, fewest_rows=2)
        else:
            found += _search(spec, together, edits, fewest_rows=1)
    return found


def _compatible(one: Published, other: Published) -> bool:
    return one.claim.low < other.claim.high and other.claim.low < one.claim.high


def _excluded(figure: Published, rival: Published, total: int) -> Explanation:
    text = (
        f"{figure.printed} ({figure.place}) and {rival.printed} ({rival.place}) exclude each other: "
        f"no count is both, and {total:,} agrees with the second."
    )
    return Explanation(text, {}, total, "", (rival,))


def _search(
    spec: Spec,
    figures: tuple[Published, ...],
    candidates: Callable[[Spec], Iterable[Iterable[Edit]]],
    fewest_rows: int,
) -> list[Explanation]:
    """The edits that make *figures* agree; weaker reasons are looked at only where no stronger one explains them."""
    for group in candidates(spec):
        found = [hit for edit in group if (hit := _try(spec, edit, figures)) and hit.rows >= fewest_rows]
        if found:
            return sorted(found, key=lambda hit: (-hit.rows, _distance(figures, hit.total)))[:MOST]
    return []


def _try(spec: Spec, edit: Edit, figures: tuple[Published, ...]) -> Explanation | None:
    total = override(spec, {edit.field: edit.value}).model().total()
    if not all(figure.claim.admits(total) for figure in figures):
        return None
    return _explanation(spec, edit, total, figures, *_support(spec, edit))


def _support(spec: Spec, edit: Edit) -> tuple[int, int]:
    """In how many of its table's disagreeing rows the same change makes a figure agree that did not."""
    if not spec.table or edit.field not in {e.field for group in conventions(spec) for e in group}:
        return 1, 1
    disagreeing = list(_disagreeing(spec.table))
    return sum(_mends(row, figures, edit) for row, figures in disagreeing), len(disagreeing)


def _disagreeing(table: str) -> Iterator[tuple[Spec, list[Published]]]:
    for name in tables()[table].models.values():
        row = find(name)
        total = row.model().total()
        if open_figures := [figure for figure in row.published if not figure.claim.admits(total)]:
            yield row, open_figures


def _mends(row: Spec, figures: list[Published], edit: Edit) -> bool:
    total = override(row, {edit.field: edit.value}).model().total()
    return any(figure.claim.admits(total) for figure in figures)


def _distance(figures: tuple[Published, ...], total: int) -> int:
    return min(abs(figure.claim.nominal - total) for figure in figures)


def _explanation(
    spec: Spec, edit: Edit, total: int, figures: tuple[Published, ...], rows: int, of_rows: int
) -> Explanation:
    agreed = " and ".join(f"{figure.printed} ({figure.place})" for figure in figures)
    was = spec.sizes[edit.field]
    text = f"{edit.field} = {edit.value} instead of {was} gives {total:,}, which agrees with {agreed}: {edit.restores}"
    if edit.restores == WIDTH:
        sizes = spec.sizes
        width = sizes["n_heads"] * sizes["d_head"]
        text = f"n_heads·d_head = {width} ≠ d_model = {sizes['d_model']}; {text} again"
    if rows > 1:
        text += f"; the same mends {rows} of the {of_rows} rows of the table that disagree"
    command = f"paramcount {spec.name} --set {edit.field}={str(edit.value).lower()}"
    return Explanation(text + ".", {edit.field: edit.value}, total, edit.restores, figures, rows, of_rows, command)
