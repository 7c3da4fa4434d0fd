"""The library's face: a loaded model with the readings of its ledger as methods, and the verbs as functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from paramcount.auditing import Explanation, explain
from paramcount.catalog.families import family_named
from paramcount.catalog.family import Family
from paramcount.catalog.from_config import spec_of
from paramcount.catalog.locate import changed, is_here, locate
from paramcount.catalog.names import is_model, names
from paramcount.catalog.spec import CALLED, WHOLE, Published, Spec, override, refuse_part
from paramcount.config.document import of_python
from paramcount.costs.readings import WithCosts
from paramcount.errors import InputError
from paramcount.extras import need

if TYPE_CHECKING:
    import pandas
    import sympy

    from paramcount.costs.training.result import Training
    from paramcount.scaling.ask import Answer
    from paramcount.scaling.fit import Fitted
    from paramcount.solver import Solution
    from paramcount.solver.compute import ForCompute
    from paramcount.solver.sweep import Sweep
    from paramcount.solver.within import Within
    from paramcount.verification import Verified

IN_JSON = (int, float, str, list, dict, type(None))


class LoadedModel(WithCosts):
    """A model of the catalog or of your own sizes. Made by `load`."""

    def __init__(self, spec: Spec):
        self.spec = spec

    def __repr__(self) -> str:
        sizes = ", ".join(f"{field}={value}" for field, value in self.hyperparameters.items())
        return f"<{self.name}: {sizes}>"

    @property
    def name(self) -> str:
        """The catalog's name, or the family's."""
        return self.spec.name

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """Every size and convention, under the GPT-3 paper's names."""
        return dict(self.spec.sizes)

    @property
    def published(self) -> tuple[Published, ...]:
        """The counts that were printed for this model, with their sources and the intervals they claim."""
        return self.spec.published

    def total(self) -> Any:
        """All parameters, each tensor once: an int (or what the sizes are: a sympy expression, an array)."""
        return self.spec.model().total()

    def non_embedding(self) -> Any:
        """The total without token and position embeddings and output head (Kaplan et al. 2020, sec. 1.3)."""
        return self.spec.model().non_embedding()

    def active(self) -> Any:
        """The parameters one token is sent through: the total, less the routed experts it is not sent to."""
        return self.spec.model().active()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known of the count of a config's model: the class assumed, what is left out."""
        return self.spec.notes

    def by_component(self) -> dict[str, Any]:
        """Parameters of each component; they add up to the total."""
        return self.spec.model().by_component()

    def formula(self, component: str | None = None) -> sympy.Expr:
        """The exact count as a sympy expression in the sizes, of one component or in total.

        Its symbols are positive integers, so that `expr.subs({"d_model": 768, …})` needs sympy's own: take them from
        `expr.free_symbols`. Raises KeyError on a component that the model lacks.
        """
        from paramcount.formula import to_sympy

        symbolic = self.spec.symbolic()
        return to_sympy(symbolic.by_component()[component] if component else symbolic.total())

    def to_frame(self) -> pandas.DataFrame:
        """A row per component: formula (text), parameters (exact ints), share (0 to 1)."""
        need("to_frame", "pandas")
        import pandas

        total, formulas = self.total(), self.spec.symbolic().by_component()
        counts = self.by_component()
        return pandas.DataFrame(
            {
                "formula": [str(formulas[name]) for name in counts],
                "params": pandas.Series(list(counts.values()), dtype=object).to_numpy(),
                "share": [params / total for params in counts.values()],
            },
            index=pandas.Index(counts, name="component"),
        )

    def explain(self) -> list[Explanation]:
        """What explains the published figures that the count does not agree with, the likeliest first."""
        return explain(self.spec)


def load(name: str | PathLike[str] | Mapping[str, Any], *, part: str = WHOLE, **sizes: Any) -> LoadedModel:
    """The model called *name*, with *sizes* set over it; or the family *name* with all its sizes given.

    *name* may be what the command line takes: a name of the catalog, a config.json, a folder or checkpoint beside which
    there is one, a hub repository; or a config as a dict. Of a model of more than text a *part* may be loaded alone:
    text, vision, audio, projector, speech. Sizes may be ints, and for models of the catalog's tables
    sympy symbols or numpy arrays (whole numbers stay exact Python ints). Raises paramcount.errors.InputError on an
    unknown name, field or size, and on a config that states no model that is counted.
    """
    if part not in (WHOLE, *CALLED):
        raise InputError(f"part = {part}: valid: {', '.join(CALLED)}, or nothing for the whole")
    asked = {_as_change(field, value) for field, value in sizes.items() if isinstance(value, str | int)}
    if isinstance(name, Mapping):
        config = of_python(name, changes=asked)
        spec, settled = spec_of(config, str(name.get("model_type") or config.model_type), part), config.settled
    elif not (is_here(fspath(name)) or is_model(fspath(name))) and (family := family_named(fspath(name).lower())):
        refuse_part(family.name, part)
        return LoadedModel(Spec(family.name, family, family.settle(sizes)))
    else:
        found = locate(fspath(name), asked, part)
        spec, settled = changed(fspath(name), found, []), found.settled if found else frozenset[str]()
    if settled:
        sizes = {field: value for field, value in sizes.items() if _as_change(field, value) not in settled}
    if not isinstance(spec.family, Family):
        _refuse_unknown(spec, sizes)
    return LoadedModel(override(spec, sizes) if sizes else spec)


def _as_change(field: str, value: Any) -> str:
    return f"{field}={str(value).lower() if isinstance(value, bool) else value}"


def _refuse_unknown(spec: Spec, sizes: Mapping[str, Any]) -> None:
    """Raise InputError on a size that the config of *spec* lacks, or a value that no config could hold."""
    for field, value in sizes.items():
        if not isinstance(value, IN_JSON):
            said = "a config holds numbers; arrays and symbols are for models of the catalog's tables"
            raise InputError(f"{field} = {' '.join(str(value).split())}: {said}")
        spec.family.read(field, str(value).lower() if isinstance(value, bool) else "1")


def list_models() -> list[str]:
    """The catalog's names."""
    return names()


def solve(params: int | str, **options: Any) -> Solution:
    """Shapes with *params* parameters; see paramcount.solver.solve for the options."""
    from paramcount import solver

    return solver.solve(params, **options)


def solve_flops(flops: int | str, law: str, **options: Any) -> ForCompute:
    """Shapes of the size that the scaling law *law* holds best for *flops* FLOPs, each with its tokens.

    See paramcount.solver.compute.solve_flops; the other options are those of paramcount.solver.solve.
    """
    from paramcount.solver.compute import solve_flops as of_compute

    return of_compute(flops, law, **options)


def solve_within(**budgets: Any) -> Within:
    """Shapes that use one of several budgets up and exceed none, each with what it takes, and which budget binds.

    memory="80GB", cache="16GB", flops=1e23, devices and laws; see paramcount.solver.asked.solve_within.
    """
    from paramcount.solver.asked import solve_within as of_budgets

    return of_budgets(**budgets)


def sweep(params: int | str, **options: Any) -> Sweep:
    """The best of millions of shapes given as numpy arrays; see paramcount.solver.sweep."""
    from paramcount.solver.sweep import sweep as search

    return search(params, **options)


def train(model: LoadedModel | str | None = None, **options: Any) -> Training:
    """What training *model* takes, in fractions; see paramcount.costs.training.question.train for the options.

    The options are those of `paramcount train`, as numbers or as text: tokens="300B", gpu="v100", tflops=28. Without a
    model, flops=3.14e23 stands in its place. Raises paramcount.errors.InputError as that does.
    """
    from paramcount.costs import training

    spec = (load(model) if isinstance(model, str) else model)._costed if model is not None else None
    return training.train(spec, **options)


def optimum(law: str, flops: float) -> tuple[float, float]:
    """The n_params and tokens that the scaling law *law* holds best for *flops* FLOPs, 6·N·D = C.

    kaplan's N is non-embedding, that of the others all parameters. Raises paramcount.errors.InputError on an unknown
    law, or where *flops* is not positive.
    """
    from paramcount.scaling.laws import optimum as of_law

    return of_law(law, flops)


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


def verify(model: LoadedModel | str, against: str = "") -> Verified:
    """Hold the ledger of *model* against a torch model: *against* "papers" or "transformers".

    By default a config's model against transformers' class, any other against the module written by hand from its
    paper. Raises paramcount.errors.InputError where torch is missing or there is no such witness.
    """
    from paramcount import verification

    return verification.verify((load(model) if isinstance(model, str) else model).spec, against)
