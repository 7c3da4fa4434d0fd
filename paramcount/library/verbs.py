"""The commands on models and tables as Python functions, which return objects instead of printing text."""

from __future__ import annotations

from os import PathLike, fspath
from typing import TYPE_CHECKING

from paramcount.arguments import checked
from paramcount.catalog.from_config import of_costs
from paramcount.extras import need
from paramcount.library.loading import spec_named

if TYPE_CHECKING:
    from paramcount.auditing.costs.audit import CostAudit
    from paramcount.auditing.table import Audit
    from paramcount.auditing.userfile import Opened
    from paramcount.catalog.recomputed import Recomputed
    from paramcount.checkpoint.result import Reconciled
    from paramcount.comparison import Comparison
    from paramcount.derivation.result import Derived
    from paramcount.library.loading import Named
    from paramcount.verification import Verified
    from paramcount.verification.costs import Measured
    from paramcount.verification.device import OnDevice


@checked
def table(name: str) -> Recomputed:
    """A published table, recomputed row by row, as a Recomputed.

    It has the models in `rows`, by label, and `to_frame()`. Raises paramcount.errors.InputError on an unknown name, and
    if no row has all the sizes that a count needs.

    >>> table("gpt3").rows["GPT-3 XL"].model().total()
    1517123584
    """
    from paramcount.catalog.recomputed import recompute, table_named

    return recompute(table_named(name))


@checked
def audit(name: str | PathLike[str]) -> Audit | CostAudit:
    """Recompute a published table and explain the rows that don't add up: a built-in table by name, or your own file.

    A file may be CSV, TSV, Markdown, HTML or LaTeX; "paper.tex:2" is its second table. The result has `rows`, each with
    a `verdict` and `explanations`, and `to_frame()`; for a table of sizes also `relations`. Raises
    paramcount.errors.InputError on an unknown name or column, and on a file with no table or with several.

    >>> [row.label for row in audit("gpt3").rows if row.verdict != "agrees"]
    ['GPT-3 Medium', 'GPT-3 XL', 'GPT-3 13B', 'GPT-3 175B']
    """
    from paramcount.auditing.opening import opened
    from paramcount.errors import InputError

    path = fspath(name)
    found = opened(path)
    if len(found) > 1:
        raise InputError(f"{path}: {len(found)} tables; valid: {path}:1 for the first, or audits({path!r}) for all")
    return _audited(found[0])


@checked
def audits(*names: str | PathLike[str]) -> list[Audit | CostAudit]:
    """Audit every table in *names*, including all tables of a file; by default all built-in tables of sizes.

    >>> [audited.agrees for audited in audits("gpt2", "gpt3")]
    [False, False]
    """
    from paramcount.auditing.opening import opened
    from paramcount.papers.tables import tables

    return [_audited(found) for name in names or tables() for found in opened(fspath(name))]


def _audited(found: Opened | CostAudit) -> Audit | CostAudit:
    from paramcount.auditing.costs.audit import CostAudit
    from paramcount.auditing.table import audited

    return found if isinstance(found, CostAudit) else audited(*found)


@checked
def guess_head(file: str | PathLike[str]) -> str:
    """The table in *file* as CSV with a first guess of its head, which you check and correct before the audit.

    Raises paramcount.errors.InputError on a file with no table or with several.

    >>> guess_head("docs/examples/model-card.md").splitlines()[2]
    '# family: gpt'
    """
    from paramcount.auditing.guess import guessed

    return guessed(fspath(file))


def compare(before: Named, after: Named) -> Comparison:
    """Compare two models: the difference *after* − *before* by component, and the sizes that cause it.

    The result has `components`, `total`, `non_embedding` and `active`, each with `before`, `after`, `difference` and
    `ratio` in parameters, and `causes`, whose contributions sum to the difference. Raises paramcount.errors.InputError
    on an unknown model.

    >>> compare("gpt2-small", "gpt2-xl").total.difference
    1433171392
    """
    from paramcount.comparison import compare as compared

    return compared(spec_named(before), spec_named(after))


def comparisons(before: Named, *others: Named) -> list[Comparison]:
    """Compare each of *others* with *before*, as `compare` does.

    >>> [found.total.difference for found in comparisons("gpt2-small", "gpt3-small", "gpt2-xl")]
    [786432, 1433171392]
    """
    return [compare(before, other) for other in others]


@checked
def derive(target: str, config: str | PathLike[str] = "") -> Derived:
    """Derive the formula of a model class by building it: a transformers model type, or a module:Class of your own.

    *config* is a config.json: its values are kept, except for sizes, and the formula is tested on it. The result has
    `total`, a sympy expression (None if no formula was proven, and `why` says why), `tensors`, each with its formula,
    and `conditions` on the sizes. Raises paramcount.errors.InputError if there is no such class or it cannot be built,
    MissingLibraryError without torch, sympy or, for its types, transformers.

    >>> derive("torch.nn:Linear").total
    in_features*out_features + out_features
    """
    from paramcount.derivation import derive as derived
    from paramcount.derivation import need_libraries

    need_libraries(target)
    return derived(target, fspath(config))


@checked
def verify(model: Named, against: str = "") -> Verified:
    """Check the names and shapes of a model's tensors and its total against a torch model.

    *against* is "transformers", the default for a config, for its transformers class, or "papers", the default for
    other models, for a torch module written by hand from the paper. The result has `ok`, `mismatches` and the number of
    `tensors` compared. Raises paramcount.errors.InputError if there is no such torch model, MissingLibraryError without
    torch.

    >>> verify("gpt2-small").ok
    True
    """
    from paramcount import verification

    return verification.verify(spec_named(model), against)


def verify_costs(model: Named) -> list[Measured]:
    """Check the FLOPs, cache and activations of *model* by torch's FLOP counter, transformers' cache and torch's hooks.

    The result has one item per cost and run, with the numbers `stated` and `measured` (FLOPs or bytes) and `ok`, which
    is None if it couldn't be measured, and `why` says why. Raises paramcount.errors.InputError without torch.

    >>> all(one.ok for one in verify_costs("gpt2-small"))  # doctest: +SKIP
    True
    """
    need("verify_costs", "torch")
    from paramcount.verification.costs import measured

    return measured(of_costs(spec_named(model)))


def verify_on_gpu() -> list[OnDevice]:
    """Check the memory and time of training steps of three small models on the GPU that torch finds.

    The result has one item per model, recipe and kernel: bytes and seconds, stated and measured. Raises
    paramcount.errors.InputError without torch or without a GPU.

    >>> [step.measured - step.peak for step in verify_on_gpu()]  # doctest: +SKIP
    """
    need("verify_on_gpu", "torch")
    from paramcount.errors import InputError
    from paramcount.verification.device import DEVICE, on_device, reached

    if why := reached(DEVICE):
        raise InputError(why)
    return on_device()


@checked
def reconcile(checkpoint: str | PathLike[str]) -> Reconciled:
    """Compare a *checkpoint* with the config beside it, tensor by tensor.

    *checkpoint* is a file of weights, a folder or a hub repository; only headers are read. The result has a `verdict`,
    `rows`, and `total` and `by_component`, each with the parameters `expected` and `stored`. Raises
    paramcount.errors.InputError without weights, and without a config that paramcount can count.

    >>> reconcile("./model-folder").verdict  # doctest: +SKIP
    'agrees exactly'
    """
    from paramcount.catalog.locate import locate
    from paramcount.checkpoint.reconcile import reconcile as reconciled
    from paramcount.errors import InputError
    from paramcount.report.checkpoint import expected

    path = fspath(checkpoint)
    found = locate(path, [])
    if found is None or found.checkpoint is None:
        raise InputError(f"{path}: no weights; valid: a checkpoint with a config.json beside it")
    if found.spec is None:
        raise InputError(f"{path}: no config beside the weights; valid: a checkpoint with a config.json beside it")
    return reconciled(expected(found.spec.model()), found.checkpoint, found.spec.part is not None)
