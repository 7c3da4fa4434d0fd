"""The figures in a column of counts, with each row's own count and verdict."""

from typing import NamedTuple

from paramcount.auditing.counting import count, steps
from paramcount.auditing.evidence import Lattice, odds, surprise
from paramcount.auditing.printed_figures import cutting, witness
from paramcount.auditing.verdict import AGREES, UNEXPLAINED, alone
from paramcount.catalog.spec import Published, Spec


class Line(NamedTuple):
    """A printed figure and its row: the count, the verdict by the figure's digits, its witness and its surprise."""

    row: Spec
    figure: Published
    counted: int
    verdict: str
    witness: tuple[object, ...]
    surprise: float


class FigureColumn(NamedTuple):
    """The figures in a column; in bits, *agreeing* is the worth of agreeing, *cutting* the cost of being truncated."""

    lines: list[Line]
    agreeing: float
    cutting: float

    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.verdict == UNEXPLAINED]


def figure_columns(rows: list[Spec]) -> list[FigureColumn]:
    """The figures printed in *rows*, one FigureColumn for each family and column."""
    columns: dict[tuple[str, str], list[Line]] = {}
    for row in rows:
        for figure in row.published:
            columns.setdefault((row.family.name, figure.column), []).append(_line(row, figure))
    return [_column(lines) for lines in columns.values()]


def _line(row: Spec, figure: Published) -> Line:
    counted = count(row, row.sizes, figure.reading)
    verdict = alone(figure.printed, figure.claim, counted)
    worth = 0.0 if verdict == AGREES else surprise(figure.claim, figure.printed, Lattice(counted, steps(row)))
    return Line(row, figure, counted, verdict, witness(row._replace(published=(figure,))), worth)


def _column(lines: list[Line]) -> FigureColumn:
    agree = {line.witness: line.verdict == AGREES for line in lines}
    rows = [line.row._replace(published=(line.figure,)) for line in lines]
    agreeing = 0.0 if all(agree.values()) else max(0.0, odds(sum(agree.values()), len(agree) - 1))
    return FigureColumn(lines, agreeing, cutting(rows))
