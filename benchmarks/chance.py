"""How often a row that nothing explains gets an explanation: the audit's bits tested against chance.

A bit is a promise: under a null, an explanation of b bits may come up in at most one row of 2^b, so 3 bits in 12.5 % of
them and 10 bits in 0.1 %. A row that agrees is drawn from the tables that ship, its figure is replaced by one that
nothing accounts for, and the table is audited with it. These are the figures, with a fixed seed:

uniform      lies anywhere from half to twice the count, evenly on a log scale, which is what docs/audit-evidence.md
             assumes about a wrong figure. Once as precise as what the row prints, once with every digit.
d_model      the exact count, off by k·d_model: k evenly up to 100, evenly up to 10,000, or each octave of k equally
             likely, up to a quarter of the count. This is what one tensor more or less does to a count.
lattice      the exact count, off by multiples of what all its tensors are multiples of.
same figure  as uniform, in six rows of that shape that print the same figure, each with its own vocabulary.

Exact nulls are drawn in tables that print all their counts in full, as model cards do; so is every second other one.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import exp, log
from typing import NamedTuple

from paramcount.auditing.counting import count, steps
from paramcount.auditing.table import audit, audited_rows
from paramcount.catalog.rows import counted_here, label_of, stated
from paramcount.catalog.spec import Published, Spec
from paramcount.papers.claim import claim
from paramcount.papers.tables import read, tables, vocabularies
from paramcount.quantity import UNITS

SEED = 12
ROWS = 2000  # for each null
BOUNDS = ((3, 0.125), (10, 0.001))
ALIKE = 6

Draw = Callable[[random.Random, Spec, Published], str]


class Drawn(NamedTuple):
    """The rows of a table, of which those at *places* print a figure that nothing explains."""

    rows: list[Spec]
    places: tuple[int, ...]


def uniform(rng: random.Random, spec: Spec, figure: Published) -> str:
    """A figure as precise as *figure*, from half to twice the count."""
    counted = count(spec, spec.sizes, figure.reading)
    wrong = int(counted * exp(rng.uniform(-log(2), log(2))))
    decimals = len(figure.printed.partition(".")[2].rstrip("KMBT"))
    last = 10 ** (UNITS[figure.claim.unit] - decimals)
    digits = f"{(wrong + last // 2) // last:0{decimals + 1}}"
    whole, rest = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return f"{whole}{'.' * bool(rest)}{rest}{figure.claim.unit}"


def evenly(most: int) -> Callable[[random.Random, int], int]:
    return lambda rng, range_: rng.randint(1, most)


def octaves(rng: random.Random, range_: int) -> int:
    return max(1, int(exp(rng.uniform(0, log(max(2, range_ // 4))))))


def off_by(unit: Callable[[Spec], int], how: Callable[[random.Random, int], int]) -> Draw:
    """The exact count plus or minus a random number of units."""

    def drawn(rng: random.Random, spec: Spec, figure: Published) -> str:
        counted = count(spec, spec.sizes, figure.reading)
        return str(max(1, counted + rng.choice((1, -1)) * how(rng, counted // unit(spec)) * unit(spec)))

    return drawn


def width(spec: Spec) -> int:
    return int(spec.sizes["d_model"])


def finest(spec: Spec) -> int:
    return steps(spec)[0]


NULLS: dict[str, tuple[Draw, bool]] = {
    "uniform": (uniform, False),
    "uniform, every digit": (uniform, True),
    "k·d_model, k to 100": (off_by(width, evenly(100)), True),
    "k·d_model, k to 10,000": (off_by(width, evenly(10_000)), True),
    "k·d_model, by octaves": (off_by(width, octaves), True),
    "lattice, k to 100": (off_by(finest, evenly(100)), True),
    "lattice, k to 10,000": (off_by(finest, evenly(10_000)), True),
    "lattice, by octaves": (off_by(finest, octaves), True),
    "same figure": (uniform, False),
}


@cache
def sound() -> list[list[Spec]]:
    """The rows of the papers' families that agree, without what other tables print about them."""
    found = []
    for table in tables().values():
        agreeing = {row.label for row in audit(table).rows if row.verdict == "agrees" and row.published}
        rows = [cells for cells in read(table.path) if label_of(table, cells) in agreeing]
        specs = [stated(table, cells) for cells in rows if counted_here(table, label_of(table, cells))]
        specs = [spec._replace(published=spec.published[:1]) for spec in specs if spec.published]
        if specs:
            found.append(specs)
    return found


def printing(spec: Spec, printed: str) -> Spec:
    """*spec* with its figure replaced by *printed*."""
    [figure] = spec.published
    return spec._replace(published=(figure._replace(printed=printed, claim=claim(printed)),))


def in_full(spec: Spec) -> Spec:
    return printing(spec, str(count(spec, spec.sizes, spec.published[0].reading)))


def drawn(rng: random.Random, null: str, known: Sequence[list[Spec]]) -> Drawn:
    """One of the *known* tables, with what *null* makes of one of its rows or of several similar ones."""
    draw, exact = NULLS[null]
    rows = list(rng.choice(known))
    if exact or rng.random() < 0.5:
        rows = [in_full(row) for row in rows]
    if exact and rng.random() < 0.3:
        rows = [rng.choice(rows)]  # a card has one row
    place = rng.randrange(len(rows))
    wrong = draw(rng, rows[place], rows[place].published[0])
    if null == "same figure":
        wrong = three_digits(claim(wrong).nominal)
        alike = [_alike(rows[place], n_vocab, wrong) for n_vocab in rng.sample(sorted(vocabularies(9999)), ALIKE)]
        return Drawn([*rows[:place], *alike, *rows[place + 1 :]], tuple(range(place, place + ALIKE)))
    rows[place] = printing(rows[place], wrong)
    return Drawn(rows, (place,))


def three_digits(count: int) -> str:
    """*count* with three digits and a unit: 88.3M, 534M, 15.0B."""
    unit = next(unit for unit in "TBMK" if count >= 10 ** UNITS[unit])
    whole = count / 10 ** UNITS[unit]
    return f"{whole:.{3 - len(str(int(whole)))}f}{unit}"


def _alike(spec: Spec, n_vocab: int, wrong: str) -> Spec:
    given = {**spec.given, "n_vocab": n_vocab}
    spec = spec._replace(given=given, sizes={**spec.sizes, "n_vocab": n_vocab}, row=f"{spec.row} {n_vocab}")
    return printing(spec, wrong)


def most_bits(found: Drawn) -> float:
    """The bits of the best explanation of any of the wrong rows."""
    rows = audited_rows([(spec.row, spec, "") for spec in found.rows], {found.rows[i].row for i in found.places})
    return max((explanation.bits for row in rows for explanation in row.explanations), default=0.0)


def chances(null: str, rows: int = ROWS, seed: int = SEED) -> Iterator[float]:
    """The bits of the best explanation of each of this many rows made by *null*; 0 if there is none."""
    rng = random.Random(f"{seed} {null}")
    known = sound()
    for _ in range(rows):
        yield most_bits(drawn(rng, null, known))


def main() -> None:
    start = time.perf_counter()
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    print(f"{'null':<24}{'rows':>8}" + "".join(f"{f'{bits} bits':>10}{'allowed':>10}" for bits, _ in BOUNDS))
    kept = True
    for null in NULLS:
        found = list(chances(null, rows))
        shares = [sum(bits >= bound for bits in found) / len(found) for bound, _ in BOUNDS]
        kept &= all(share <= allowed for share, (_, allowed) in zip(shares, BOUNDS, strict=True))
        cells = "".join(f"{share:>10.2%}{allowed:>10.1%}" for share, (_, allowed) in zip(shares, BOUNDS, strict=True))
        print(f"{null:<24}{len(found):>8,}{cells}", flush=True)
    print(f"{'every bound is kept' if kept else 'A BOUND IS BROKEN'}; {time.perf_counter() - start:.0f} s")
    sys.exit(not kept)


if __name__ == "__main__":
    main()
