"""A config's model at other sizes: which sizes are its depth, width and heads, and which follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import gcd
from typing import Any

from paramcount.config.keys import symbol
from paramcount.config.rules import in_order
from paramcount.errors import InputError
from paramcount.ledger.model import Model, Reading
from paramcount.ledger.polynomial import Polynomial
from paramcount.ledger.sized import formula_of
from paramcount.models.configured import Configured
from paramcount.models.design import Design, Sizes
from paramcount.solver.proportions import Proportion

MULTIPLE = 256  # to which LLaMA's released code rounds d_ff (facebookresearch/llama, model.py: multiple_of)
# What each of the solver's own sizes may be called; the first name that a model has is used.
ROLES = {
    "n_layers": ("n_layers", "n_encoder_layers", "n_decoder_layers"),
    "d_model": ("d_model",),
    "n_heads": ("n_heads", "n_encoder_heads"),
    "n_kv_heads": ("n_kv_heads",),
    "d_head": ("d_head", "d_encoder_head"),
}
DEPTHS = ("n_layers", "n_encoder_layers", "n_decoder_layers")
# Widths that do not grow with the model: those of heads, states, convolutions and position encodings.
OWN_WIDTHS = ("head", "state", "conv", "nope", "rope", "d_v", "d_qk", "linear_k", "linear_v", "index")
OWN_HEADS = ("n_index_heads",)  # these score positions for all heads together
TIED = "tie_word_embeddings"


class Scaled(Design):
    """The design of a config's model at any size. Raises InputError if its depth or width can't be set."""

    def __init__(self, design: Configured):
        self.base = design
        self.name, self.kind, self.summary, self.source = design.name, design.kind, design.summary, design.source
        values = design.values()
        self._roles = {role: name for role, names in ROLES.items() if (name := _first(names, design))}
        if missing := [role for role in ("n_layers", "d_model") if role not in self._roles]:
            raise InputError(f"{design.name} cannot be scaled: its config doesn't set {' or '.join(missing)}")
        self.values: Sizes = {name: value for name, value in values.items() if not isinstance(value, bool)}
        self.sizes = tuple(name for name in design.sizes if design.keys[name].settable and self.values[name] > 0)
        self.switches = {"tied": values[TIED]} if TIED in values else {}
        rules = {name: use.rule for name, use in design.keys.items() if use.rule is not None}
        self.rules = {name: rule for name, rule in rules.items() if name != self._roles.get("d_head")}

    def __reduce__(self) -> tuple[type[Scaled], tuple[Configured]]:
        """Pickled as the config's design."""
        return Scaled, (self.base,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scaled) and (self.base, self.values) == (other.base, other.values)

    def __hash__(self) -> int:
        return hash(self.base)

    @property
    def roles(self) -> Mapping[str, str]:
        """The names that the solver's own sizes have here."""
        return self._roles

    def count(self, reading: Reading, switches: Mapping[str, bool] | None = None) -> Polynomial:
        """The count as a polynomial in the sizes that are set and those that follow from them."""
        model = self.shape({} if switches is None else switches).model
        known = {*self.sizes, *self.rules, *self._roles.values()}
        fixed = {name: value for name, value in self.values.items() if name not in known}
        total: Polynomial = Polynomial({}) + model.mapped(formula_of).read(reading)
        return total.subs(fixed)

    def build(self, **sizes: Any) -> Model:
        """The model with *sizes*, by its own body; raises InputError if there is no such model."""
        return self.shape(sizes).model

    def shape(self, sizes: Mapping[str, Any]) -> Configured:
        """The design of the config with *sizes*; raises InputError if there is no such model."""
        changes = self.changes(sizes)
        return self.base.change(self.base.values(), changes)[0] if changes else self.base

    def changes(self, sizes: Mapping[str, Any]) -> Sizes:
        """Those of *sizes* that differ from the config's own."""
        before, asked = self.base.values(), {name: value for name, value in sizes.items() if name in self.sizes}
        asked |= {TIED: sizes["tied"]} if "tied" in sizes else {}
        return {name: value for name, value in asked.items() if before[name] != value}

    def proportions(self) -> dict[str, Proportion]:
        """The proportions of the sizes that follow d_model: widths, ranks and numbers of heads."""
        d_model, beside = self.values[self._roles["d_model"]], self._beside()
        found = {name: proportion(self.values[name], d_model) for name, own in beside.items() if _is_width(own)}
        heads = [name for name, own in beside.items() if _is_heads(own)]
        return found | {name: Proportion(Fraction(self.values[name], d_model)) for name in heads}

    def own_depth(self) -> int | None:
        """The one depth at which the formula holds, if not at every depth; None if it holds at all depths."""
        n_layers, depths = self.values[self._roles["n_layers"]], self.depths()
        for tried in (n_layers + 1, 2 * n_layers + 1):
            sizes = {self._roles["n_layers"]: tried, **{name: rule.of(tried) for name, rule in depths.items()}}
            try:
                counted = self.build(**sizes).total()
            except InputError:
                return int(n_layers)
            if counted != self._predicted({**self.values, **sizes}):
                return int(n_layers)
        return None

    def _predicted(self, sizes: Sizes) -> int:
        for name, rule in in_order(self.rules).items():
            sizes[name] = rule.value(sizes) or 0
        return int(self.count("total").at(sizes))

    def depths(self) -> dict[str, Proportion]:
        """The other depths, such as a decoder's, in proportion to the first."""
        n_layers, beside = self.values[self._roles["n_layers"]], self._beside()
        names = [name for name, own in beside.items() if own in DEPTHS]
        return {name: Proportion(Fraction(self.values[name], n_layers), 1) for name in names}

    def _beside(self) -> dict[str, str]:
        """The sizes that are not among the solver's own, and the literature's names for their keys."""
        names = [name for name in self.sizes if name not in self._roles.values()]
        return {name: symbol(self.base.keys[name].key.rpartition(".")[2]) for name in names}


def proportion(width: int, d_model: int) -> Proportion:
    """The proportion of *width* to *d_model*: exact if the ratio is whole, else rounded, as *width* must have been."""
    ratio = Fraction(width, d_model)
    return Proportion(ratio, 0 if ratio.denominator == 1 else gcd(width, MULTIPLE))


def _first(names: tuple[str, ...], design: Configured) -> str:
    """The first of *names* that is a size of *design*. Only the width of a head may follow from other sizes."""
    uses = {name: design.keys[name] for name in names if name in design.keys}
    return next((name for name, use in uses.items() if use.value and (use.settable or name.endswith("_head"))), "")


def _is_width(name: str) -> bool:
    if name.endswith("_size") and any(part in name for part in ("hidden", "intermediate", "bottleneck")):
        return True
    return name.startswith(("d_", "r_")) and not any(part in name for part in OWN_WIDTHS)


def _is_heads(name: str) -> bool:
    return name.startswith("n_") and name.endswith("_heads") and name not in OWN_HEADS
