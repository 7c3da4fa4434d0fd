"""LoadedModel, a model with its counts, formulas and costs as methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramcount.arguments import checked
from paramcount.auditing import Explanation, explain
from paramcount.catalog.spec import Published, Spec
from paramcount.costs.memory.readings import WithMemory
from paramcount.errors import InputError
from paramcount.frames import frame
from paramcount.ledger.model import Entry

if TYPE_CHECKING:
    import pandas
    import sympy

READINGS = ("", "paper", "stored")


class LoadedModel(WithMemory):
    """A model from the catalog, from a config or with sizes of your own, as `paramcount.load` returns it.

    >>> import paramcount
    >>> paramcount.load("gpt2-small")  # doctest: +ELLIPSIS
    <gpt2-small: 124,439,808 parameters; n_layers=12, d_model=768, n_heads=12, d_head=64, d_ff=3072, n_vocab=50257, ...>
    """

    def __init__(self, spec: Spec):
        self.spec = spec

    def __repr__(self) -> str:
        sizes = ", ".join(f"{field}={value}" for field, value in self.hyperparameters.items())
        parts = [f"{_shown(self.total())} parameters", *([sizes] if sizes else []), *self.notes]
        return f"<{self.name}: {'; '.join(parts)}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LoadedModel) and self.spec == other.spec

    def __hash__(self) -> int:
        return hash(self.name)

    def _repr_html_(self) -> str:
        """The components as an HTML table, for notebooks."""
        from html import escape

        from paramcount.ledger.factored import factored
        from paramcount.ledger.polynomial import Polynomial

        formulas = self.spec.symbolic().by_component()
        total = self.total()
        rows = [
            (name, str(factored(Polynomial({}) + formulas[name])), _shown(params), _share(params, total))
            for name, params in self.by_component().items()
        ]
        head = "".join(f"<th>{title}</th>" for title in ("component", "formula", "parameters", "share"))
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        last = f"<tr><th>total</th><td></td><th>{escape(_shown(total))}</th><td></td></tr>"
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"<p>{escape(self.name)}</p><table><tr>{head}</tr>{body}{last}</table>{notes}"

    @property
    def name(self) -> str:
        """The model's name in the catalog, or that of its family, config file or class."""
        return self.spec.name

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """All sizes and switches by name, as in the GPT-3 paper where it has the size: n_layers, d_model, d_ff."""
        return dict(self.spec.sizes)

    @property
    def published(self) -> tuple[Published, ...]:
        """The counts printed for this model, each with its source and the interval that its digits claim."""
        return self.spec.published

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on the count: the class assumed, what is left out, an attention width other than d_model."""
        return (*self.spec.notes, *self.spec.width_notes())

    def total(self) -> Any:
        """Number of parameters, shared tensors counted once: an int, or a sympy expression or array if sizes are."""
        return self.spec.model().total()

    def non_embedding(self) -> Any:
        """The total without token and position embeddings and the output head (Kaplan et al. 2020, sec. 1.3)."""
        return self.spec.model().non_embedding()

    def active(self) -> Any:
        """Parameters active for one token: the total without inactive experts."""
        return self.spec.model().active()

    def by_component(self) -> dict[str, Any]:
        """Number of parameters in each component; they sum to the total."""
        return self.spec.model().by_component()

    @checked
    def tensors(self, reading: str = "") -> list[Entry]:
        """Every tensor: its `name` ({} stands for the layer number), `component`, `tensor.shape`, `times`, `params`.

        A tensor that shares its data with another names it in `tensor.shares`, and has no parameters of its own. With
        *reading* "paper" they are the matrices of the paper (W_Q, d_model × d_head), with "stored" the tensors of a
        checkpoint; by default "paper" for models from papers, "stored" for configs.

        >>> import paramcount
        >>> paramcount.load("gpt2-small").tensors("stored")[0].name
        'transformer.wte.weight'
        """
        if reading not in READINGS:
            raise InputError(f"reading = {reading}: unknown; valid: {', '.join(filter(None, READINGS))}")
        return list(self.spec.model_as(reading).ledger())

    @checked
    def formula(self, component: str | None = None) -> sympy.Expr:
        """The exact count, of one component or in total, as a sympy expression in the sizes.

        Its symbols are positive integers, so `expr.subs({"d_model": 768})` changes nothing: take the symbols from
        `expr.free_symbols`. Raises InputError if the model has no such component, MissingLibraryError without sympy.

        >>> import paramcount
        >>> paramcount.load("gpt2-small").formula("position embedding")
        d_model*n_ctx
        """
        from paramcount.formula import to_sympy

        symbolic = self.spec.symbolic()
        components = symbolic.by_component()
        if component is not None and component not in components:
            raise InputError(f"{self.name}: no component {component!r}; valid: {', '.join(components)}")
        return to_sympy(symbolic.total() if component is None else components[component])

    def to_frame(self) -> pandas.DataFrame:
        """A pandas frame with a row per component: formula (text), params (whole numbers), share (0 to 1).

        params is int64 if every count fits, otherwise Python ints, and `frame.attrs["exact"]` then lists the column.
        Raises MissingLibraryError without pandas.
        """
        total, formulas = self.total(), self.spec.symbolic().by_component()
        rows = [
            {"component": name, "formula": str(formulas[name]), "params": params, "share": params / total}
            for name, params in self.by_component().items()
        ]
        return frame(rows, index="component")

    def explain(self) -> list[Explanation]:
        """Explanations of the published figures that disagree with the count, the likeliest first."""
        return explain(self.spec.whole())


def _shown(count: Any) -> str:
    return f"{count:,}" if isinstance(count, int) else str(count)


def _share(part: Any, total: Any) -> str:
    return f"{100 * part / total:.1f} %" if isinstance(total, int) else ""
