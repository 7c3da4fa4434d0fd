"""The verbs of the command line as functions, whose results are objects and not text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from paramcount.catalog.from_config import of_costs
from paramcount.catalog.names import names
from paramcount.catalog.spec import Spec
from paramcount.library.loaded import LoadedModel
from paramcount.library.loading import load

if TYPE_CHECKING:
    from paramcount.auditing.costs.audit import CostAudit
    from paramcount.auditing.table import Audit
    from paramcount.catalog.recomputed import Recomputed
    from paramcount.comparison import Comparison
    from paramcount.costs.training.question import Asked
    from paramcount.costs.training.result import Training
    from paramcount.derivation.result import Derived
    from paramcount.scaling.ask import Answer
    from paramcount.scaling.fit import Fitted
    from paramcount.verification import Verified

    Named = LoadedModel | str | PathLike[str]


def list_models() -> list[str]:
    """The catalog's names."""
    return names()


def list_tables() -> list[str]:
    """The names of the published tables."""
    from paramcount.papers.tables import tables

    return sorted(tables())


def table(name: str) -> Recomputed:
    """A published table, recomputed: `rows` by label, `to_frame()`.

    Raises paramcount.errors.InputError on an unknown name, and where no row states a whole shape.
    """
    from paramcount.catalog.recomputed import recompute, table_named

    return recompute(table_named(name))


def audit(name: str | PathLike[str]) -> Audit | CostAudit:
    """A printed table held against its own arithmetic: one of ours by its short name, or a file of your own.

    A file may be CSV, TSV, Markdown, HTML or LaTeX; "paper.tex:2" is its second table. The result has `rows`, each with
    its `verdict` and `explanations`, `relations` and `to_frame()`. Raises
    paramcount.errors.InputError on an unknown name or word, on a file without a table, and on one with several.
    """
    from paramcount.auditing.costs.audit import CostAudit
    from paramcount.auditing.opening import opened
    from paramcount.auditing.table import audited
    from paramcount.errors import InputError

    found = opened(fspath(name))
    if len(found) > 1:
        raise InputError(f"{fspath(name)}: {len(found)} tables; valid: {fspath(name)}:1 for the first, and so on")
    return found[0] if isinstance(found[0], CostAudit) else audited(*found[0])


def compare(before: Named, after: Named) -> Comparison:
    """*after* against *before*: `components`, `total` and the sizes that the difference comes from, `causes`.

    Raises paramcount.errors.InputError on what states no model.
    """
    from paramcount.comparison import compare as compared

    return compared(_spec(before), _spec(after))


def derive(target: str, config: str | PathLike[str] = "") -> Derived:
    """The formula of a model class, found by building it: a model type of transformers, or module:Class of your own.

    See paramcount.derivation.derive. Raises paramcount.errors.InputError where there is no such class.
    """
    from paramcount.derivation import derive as derived

    return derived(target, fspath(config))


def verify(model: Named, against: str = "") -> Verified:
    """Hold the ledger of *model* against a torch model: *against* "papers" or "transformers".

    By default a config's model against transformers' class, any other against the module written by hand from its
    paper. Raises paramcount.errors.InputError where torch is missing or there is no such witness.
    """
    from paramcount import verification

    return verification.verify(_spec(model), against)


def train(
    model: Named | None = None,
    *,
    tokens: Asked = None,
    steps: Asked = None,
    batch_tokens: Asked = None,
    flops: Asked = None,
    seq: Asked = None,
    exactly: bool = False,
    gpu: str | None = None,
    gpu_file: str | None = None,
    devices: Asked = None,
    mfu: Asked = None,
    tflops: Asked = None,
    like: str | None = None,
    days: Asked = None,
    price: Asked = None,
    power: Asked = None,
    pue: Asked = None,
    carbon: Asked = None,
) -> Training:
    """What training *model* takes, in fractions: FLOPs, days, device-hours, energy, CO2, money.

    The options are those of `paramcount train`, as numbers or as text: tokens="300B", gpu="v100", tflops=28; see
    paramcount.costs.training.question.train. Without a model, flops=3.14e23 stands in its place. Raises
    paramcount.errors.InputError on what contradicts itself, and on what leaves the answer open.

    >>> round(train("gpt3-175b", tokens="300B", gpu="v100", tflops=28).device_hours)
    3117931
    """
    asked = {name: value for name, value in locals().items() if name != "model"}
    from paramcount.costs import training

    return training.train(None if model is None else of_costs(_spec(model)), **asked)


def ask_laws(
    *, flops: float | None = None, params: float | None = None, tokens: float | None = None, law: str | None = None
) -> list[Answer]:
    """What scaling laws answer to compute in FLOPs, a size or tokens, or to a run that has two of these.

    All laws, or *law* alone, an answer for each set of constants; see paramcount.scaling.ask.Answer. Raises
    paramcount.errors.InputError on an unknown law, on what is not positive, and where none or all three are given.
    """
    from paramcount.scaling.ask import Asked, answers
    from paramcount.scaling.laws import LAWS

    return answers(Asked(flops, params, tokens), list(LAWS) if law is None else [law])


def fit_law(runs: str | Sequence[Mapping[str, float]], **options: Any) -> Fitted:
    """L(N, D) = E + A/N^α + B/D^β fitted to *runs*: a CSV file, or mappings with `loss` and two of its other columns.

    *options* are those of paramcount.scaling.fit.fit, as is what is raised; the columns, of paramcount.scaling.runs.
    """
    from paramcount.scaling.fit import fit
    from paramcount.scaling.runs import measured, read_runs

    return fit(read_runs(runs) if isinstance(runs, str) else measured(runs), **options)


def _spec(model: Named) -> Spec:
    return (model if isinstance(model, LoadedModel) else load(model)).spec
