"""The verbs on models and tables as functions, whose results are objects and not text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from os import PathLike, fspath
from typing import TYPE_CHECKING

from paramcount.catalog.from_config import of_costs
from paramcount.extras import need
from paramcount.library.loading import spec_named

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from paramcount.auditing.costs.audit import CostAudit
    from paramcount.auditing.table import Audit
    from paramcount.catalog.recomputed import Recomputed
    from paramcount.checkpoint.result import Reconciled
    from paramcount.comparison import Comparison
    from paramcount.derivation.result import Derived
    from paramcount.library.loading import Named
    from paramcount.verification import Verified
    from paramcount.verification.costs import Measured
    from paramcount.verification.device import OnDevice


def table(name: str) -> Recomputed:
    """A published table, recomputed: `rows` by label, `to_frame()`.

    Raises paramcount.errors.InputError on an unknown name, and where no row states a whole shape.

    >>> table("gpt3").rows["GPT-3 XL"].model().total()
    1517123584
    """
    from paramcount.catalog.recomputed import recompute, table_named

    return recompute(table_named(str(name)))


def audit(name: str | PathLike[str]) -> Audit | CostAudit:
    """A printed table held against its own arithmetic: one of ours by its short name, or a file of your own.

    A file may be CSV, TSV, Markdown, HTML or LaTeX; "paper.tex:2" is its second table. The result has `rows`, each with
    its `verdict` and `explanations`, `relations`, `agrees` and `to_frame()`. Raises
    paramcount.errors.InputError on an unknown name or word, on a file without a table, and on one with several.

    >>> [row.label for row in audit("gpt3").rows if row.verdict == "explained"]
    ['GPT-3 Medium', 'GPT-3 XL', 'GPT-3 13B', 'GPT-3 175B']
    """
    from paramcount.errors import InputError

    path = _path(name)
    found = list(_opened(path))
    if len(found) > 1:
        raise InputError(f"{path}: {len(found)} tables; valid: {path}:1 for the first, or audits({path!r}) for all")
    return found[0]()


def audits(*names: str | PathLike[str]) -> list[Audit | CostAudit]:
    """The same for every table that *names* mean, all of a file's among them; without names for all of ours of sizes.

    >>> [audited.agrees for audited in audits("gpt2", "gpt3")]
    [False, False]
    """
    from paramcount.papers.tables import tables

    return [made() for name in names or tables() for made in _opened(_path(name))]


def _opened(path: str) -> Iterator[Callable[[], Audit | CostAudit]]:
    """What audits each table at *path*."""
    from paramcount.auditing.costs.audit import CostAudit
    from paramcount.auditing.opening import opened
    from paramcount.auditing.table import audited

    for found in opened(path):
        yield partial(_itself, found) if isinstance(found, CostAudit) else partial(audited, *found)


def _itself(found: CostAudit) -> CostAudit:
    return found


def guess_head(file: str | PathLike[str]) -> str:
    """The table in *file* as a CSV with a first guess of its head, to keep and mend before it is audited.

    Raises paramcount.errors.InputError on a file without a table, and on one with several.
    """
    from paramcount.auditing.guess import guessed

    return guessed(_path(file))


def compare(before: Named, after: Named) -> Comparison:
    """*after* against *before*: `components`, `total` and the sizes that the difference comes from, `causes`.

    Raises paramcount.errors.InputError on what states no model.

    >>> compare("gpt2-small", "gpt2-xl").total.difference
    1433171392
    """
    from paramcount.comparison import compare as compared

    return compared(spec_named(before), spec_named(after))


def comparisons(before: Named, *others: Named) -> list[Comparison]:
    """Each of *others* against *before*.

    >>> [found.total.difference for found in comparisons("gpt2-small", "gpt3-small", "gpt2-xl")]
    [786432, 1433171392]
    """
    return [compare(before, other) for other in others]


def plot(kind: str, *models: Named, table: str = "gpt3", law: str = "") -> Figure:
    """A figure of matplotlib's, as `paramcount plot` draws it, to be shown, changed or saved.

    *kind* is share, error, budget, scale, flops or memory of *models*, audit of a *table*, or scaling and isoflop by a
    *law*, refit-2024 by default. Raises paramcount.errors.InputError on another kind, on models that cannot be drawn
    so, and on none; MissingLibraryError without matplotlib.
    """
    need("plot", "matplotlib")
    from paramcount.errors import InputError
    from paramcount.report.figures import BY_LAW, COSTS, KINDS, LAW, draw

    if kind not in KINDS or kind == "train":
        raise InputError(f"plot {kind}: no such figure; valid: {', '.join(one for one in KINDS if one != 'train')}")
    if kind in BY_LAW:
        return draw(kind, law or LAW)
    if kind == "audit":
        return draw(kind, audit(table))
    if not models:
        raise InputError(f"plot {kind}: no models; valid: plot({kind!r}, 'gpt2-small', …)")
    specs = [spec_named(model) for model in models]
    return draw(kind, [of_costs(spec) for spec in specs] if kind in COSTS else specs)


def derive(target: str, config: str | PathLike[str] = "") -> Derived:
    """The formula of a model class, found by building it: a model type of transformers, or module:Class of your own.

    A module:Class is imported, which runs its code. *config* is a config.json whose fields are held. The result has
    `components`, `total` and the points at which they were proven; see paramcount.derivation.derive. Raises
    paramcount.errors.InputError where there is no such class, or torch or transformers is missing.
    """
    from paramcount.derivation import derive as derived
    from paramcount.derivation import need_libraries

    need_libraries(str(target))
    return derived(str(target), _path(config))


def verify(model: Named, against: str = "") -> Verified:
    """Hold the ledger of *model* against a torch model: *against* "papers" or "transformers".

    By default a config's model against transformers' class, any other against the module written by hand from its
    paper. Raises paramcount.errors.InputError where torch is missing or there is no such witness.

    >>> verify("gpt2-small").ok
    True
    """
    from paramcount import verification

    return verification.verify(spec_named(model), against)


def verify_costs(model: Named) -> list[Measured]:
    """What *model* costs as it is stated, held against torch's FLOP counter, transformers' cache and saved tensors.

    A line a cost and run, with `stated`, `measured` (bytes, or FLOPs) and `ok`, None where there is no such instrument.
    Raises paramcount.errors.InputError where torch is missing.
    """
    need("verify_costs", "torch")
    from paramcount.verification.costs import measured

    return measured(of_costs(spec_named(model)))


def verify_on_gpu() -> list[OnDevice]:
    """Steps of three small models on the GPU that torch reaches: bytes and seconds, stated and measured.

    Raises paramcount.errors.InputError where torch is missing or reaches none.
    """
    need("verify_on_gpu", "torch")
    from paramcount.errors import InputError
    from paramcount.verification.device import DEVICE, on_device, reached

    if why := reached(DEVICE):
        raise InputError(why)
    return on_device()


def reconcile(checkpoint: str | PathLike[str]) -> Reconciled:
    """A *checkpoint* held against the config beside it, tensor by tensor: `verdict`, `rows`, `by_component`, `total`.

    *checkpoint* is a file of weights, a folder or a hub repository; no weights are loaded. Raises
    paramcount.errors.InputError where there are none, and where nothing beside them states a model that is counted.
    """
    from paramcount.catalog.locate import locate
    from paramcount.checkpoint.reconcile import reconcile as reconciled
    from paramcount.errors import InputError
    from paramcount.report.checkpoint import expected

    path = _path(checkpoint)
    found = locate(path, [])
    if found is None or found.checkpoint is None:
        raise InputError(f"{path}: no weights; valid: a checkpoint with a config.json beside it")
    if found.spec is None:
        raise InputError(f"{path}: nothing beside its weights states a model; valid: a config.json beside them")
    return reconciled(expected(found.spec.model()), found.checkpoint, found.spec.part is not None)


def _path(name: str | PathLike[str]) -> str:
    """*name* as a text; raises InputError on what is neither a text nor a path."""
    from paramcount.errors import InputError

    if not isinstance(name, str | PathLike):
        raise InputError(f"{name}: neither a name nor a path; valid: 'gpt3', pathlib.Path('table.csv')")
    return fspath(name)
