"""`plot`: figures as matplotlib's objects."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from paramcount.arguments import checked
from paramcount.catalog.from_config import of_costs
from paramcount.catalog.spec import OF_COSTS, Spec
from paramcount.errors import InputError
from paramcount.extras import need
from paramcount.library.loading import spec_named

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from paramcount.auditing.table import Audit
    from paramcount.costs.training.question import Asked
    from paramcount.library.loading import Named
    from paramcount.papers.preamble import Table

    Path = str | PathLike[str]


@checked
def plot(
    kind: str,
    *models: Named,
    table: Path | Sequence[Path] = (),
    params: int | str | None = None,
    tokens: Asked = None,
    gpu: str | None = None,
    mfu: Asked = None,
    tflops: Asked = None,
    like: str | None = None,
    devices: Asked = None,
    days: Asked = None,
    price: Asked = None,
    law: str | None = None,
    width: str | float = "double",
    title: bool = True,
) -> Figure:
    """Draw a figure as `paramcount plot` does, to be shown, changed or saved.

    *kind* is share, error, budget, scale, memory, flops or train of *models* and of all models of each *table*; audit
    of one *table*, which may be a file; or scaling or isoflop by a *law*. Without models the defaults are those of the
    command. *params* marks what `solve` finds for a budget, with budget. *tokens* to *price* are those of `train`, with
    train. *width* is "single" (3.3 in), "double" (7 in) or inches.

    Raises paramcount.errors.InputError on an unknown kind, on an argument that this kind doesn't take, and on models
    that can't be drawn so; MissingLibraryError without matplotlib.

    >>> figure = plot("train", "gpt3-175b", tokens="300B", gpu="a100-80gb", mfu="40%", width="single")
    >>> figure.savefig("train.pdf")  # doctest: +SKIP
    """
    given = locals()
    need("plot", "matplotlib")
    from paramcount.report.figures import draw
    from paramcount.report.figures.subject import ONLY, check, subject

    asked = {name: given[name] for name in ONLY}
    check(kind, asked)
    named = [table] if isinstance(table, str | PathLike) else table
    chosen = [_chosen(kind, fspath(one)) for one in named]
    drawn, _ = subject(kind, models, chosen, _read, **asked)
    figure = draw(kind, *drawn, width=width, title=title)
    for text in figure.findobj(lambda artist: getattr(artist, "get_parse_math", bool)()):
        text.set_math_fontfamily("dejavusans")  # type: ignore[attr-defined]  # also under the reader's own rcParams
    return figure


def _read(models: Sequence[Any], part: str) -> list[Spec]:
    specs = [spec_named(model) for model in models]
    return [of_costs(spec) for spec in specs] if part == OF_COSTS else specs


def _chosen(kind: str, name: str) -> Table | Audit:
    """A table of ours, or for `audit` what is found in one, which may be a file."""
    from paramcount.auditing.table import Audit
    from paramcount.catalog.recomputed import table_named
    from paramcount.library.verbs import audit

    if kind != "audit":
        return table_named(name)
    result = audit(name)
    if not isinstance(result, Audit):
        raise InputError(f"plot audit: {name} is a table of costs; valid: a table of models and their sizes")
    return result
