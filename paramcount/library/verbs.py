"""The commands as Python functions, which return objects instead of printing text."""

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
    """The names of all models in the catalog.

    >>> list_models()[:2]
    ['bert-base', 'bert-large']
    """
    return names()


def list_tables() -> list[str]:
    """The names of all published tables.

    >>> list_tables()[:2]
    ['albert', 'araelectra']
    """
    from paramcount.papers.tables import tables

    return sorted(tables())


def table(name: str) -> Recomputed:
    """A published table, recomputed row by row, as a Recomputed.

    It has the models in `rows`, by label, and `to_frame()`. Raises paramcount.errors.InputError on an unknown name, and
    if no row has all the sizes that a count needs.

    >>> table("gpt3").rows["GPT-3 XL"].model().total()
    1517123584
    """
    from paramcount.catalog.recomputed import recompute, table_named

    return recompute(table_named(name))


def audit(name: str | PathLike[str]) -> Audit | CostAudit:
    """Recompute a published table and explain the rows that don't add up: a built-in table by name, or your own file.

    A file may be CSV, TSV, Markdown, HTML or LaTeX; "paper.tex:2" is its second table. The result has `rows`, each with
    a `verdict` and `explanations`, and `to_frame()`; for a table of sizes also `relations`. Raises
    paramcount.errors.InputError on an unknown name or column, and on a file with no table or with several.

    >>> [row.label for row in audit("gpt3").rows if row.verdict != "agrees"]
    ['GPT-3 Medium', 'GPT-3 XL', 'GPT-3 13B', 'GPT-3 175B']
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
    """Compare two models: the difference *after* − *before* by component, and the sizes that cause it.

    The result has `components`, `total`, `non_embedding` and `active`, each with `before`, `after`, `difference` and
    `ratio` in parameters, and `causes`, whose contributions sum to the difference. Raises paramcount.errors.InputError
    on an unknown model.

    >>> compare("gpt2-small", "gpt2-xl").total.difference
    1433171392
    """
    from paramcount.comparison import compare as compared

    return compared(_spec(before), _spec(after))


def derive(target: str, config: str | PathLike[str] = "") -> Derived:
    """Derive the formula of a model class by building it: a transformers model type, or a module:Class of your own.

    *config* is a config.json: its values are kept, except for sizes, and the formula is tested on it. The result has
    `total`, a sympy expression (None if no formula was proven, and `why` says why), `tensors`, each with its formula,
    and `conditions` on the sizes. Raises paramcount.errors.InputError if there is no such class or it cannot be built,
    MissingLibraryError without torch, sympy or, for its types, transformers.

    >>> derive("llama").tensors[0].shape  # doctest: +SKIP
    (n_vocab, d_model)
    """
    from paramcount.derivation import derive as derived

    return derived(target, fspath(config))


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
    """What it takes to train *model*: FLOPs, device-hours, days, energy, CO2 and money, as exact fractions.

    The options are those of `paramcount train`, as numbers or text: tokens="300B", gpu="v100", tflops=28, mfu=0.4,
    days=30, price=1.50 (dollars per device-hour), power=700 (watts), carbon=0.4 (kg CO2 per kWh). flops=3.14e23
    replaces the model. Raises paramcount.errors.InputError on options that contradict each other or leave the answer
    open.

    >>> round(train("gpt3-175b", tokens="300B", gpu="v100", tflops=28).device_hours)
    3117933
    """
    asked = {name: value for name, value in locals().items() if name != "model"}
    from paramcount.costs import training

    return training.train(None if model is None else of_costs(_spec(model)), **asked)


def ask_laws(
    *, flops: float | None = None, params: float | None = None, tokens: float | None = None, law: str | None = None
) -> list[Answer]:
    """The best run by each scaling law for compute in FLOPs, a size, a number of tokens, or two of these together.

    The result has one answer for each published set of constants, of every law or of *law* alone: its best `run`
    (`n_params`, `tokens`), the `loss` of that run in nats per token (None if the law gives none), and in `beyond` how
    far the run is outside the fitted range. Raises paramcount.errors.InputError on an unknown law, on values that are
    not positive, and if none or all three are given.

    >>> [answer] = ask_laws(flops=1e21, law="refit-2024")
    >>> round(answer.run.n_params / 1e9, 2), round(answer.run.tokens / 1e9)
    (2.78, 60)
    """
    from paramcount.scaling.ask import Asked, answers
    from paramcount.scaling.laws import LAWS

    return answers(Asked(flops, params, tokens), list(LAWS) if law is None else [law])


def fit_law(runs: str | Sequence[Mapping[str, float]], **options: Any) -> Fitted:
    """Fit L(N, D) = E + A/N^α + B/D^β to *runs*: a CSV file, or mappings from column names to numbers.

    The columns are `loss`, in nats per token, and two of `n_params`, `tokens` and `flops`. `resamples=` sets how often
    the runs are resampled for the intervals. The result has `law`, `intervals`, `errors` and `warnings`. Raises
    paramcount.errors.InputError on a column or value that is wrong, and on runs too few or too alike to fit;
    MissingLibraryError without scipy.

    >>> runs = [
    ...     {"n_params": n, "tokens": d, "loss": 1.8 + 480 / n**0.35 + 2100 / d**0.37}
    ...     for n in (1e8, 3e8, 1e9, 3e9) for d in (2e9, 1e10, 5e10)
    ... ]
    >>> round(fit_law(runs, resamples=3).law.alpha, 2)
    0.35
    """
    from paramcount.scaling.fit import fit
    from paramcount.scaling.runs import measured, read_runs

    return fit(read_runs(runs) if isinstance(runs, str) else measured(runs), **options)


def _spec(model: Named) -> Spec:
    return (model if isinstance(model, LoadedModel) else load(model)).spec
