"""Layers of several kinds: which layer is of which kind, and a stack for each kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from paramcount.config import Config, ConfigError
from paramcount.config.rules import Count
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import formula_of
from paramcount.ledger.tensor import Size


def stacks(c: Config, name: str, kinds: Sequence[str], layer: Callable[[str], Parts], n_layers: Size) -> Parts:
    """Layers of several *kinds*, listed one per layer; each kind is a stack of its own.

    Their counts are separate sizes in formulas, n_sparse_layers for kind "sparse"; the first kind has the remaining
    layers, so that what all layers share appears once, with n_layers.
    """
    first, *others = dict.fromkeys(kinds)
    numbers = {
        kind: c.named(_number(kind), kinds.count(kind), f"{kind} layers", _counted(c, n_layers, kinds, kind))
        for kind in others
    }
    depths = {first: n_layers + -1 * sum(numbers.values()) if others else n_layers, **numbers}
    return tuple(Stack(name, depths[kind], layer(kind), _places(kinds, kind)) for kind in depths)


def _counted(c: Config, n_layers: Size, kinds: Sequence[str], kind: str) -> Count | None:
    """The rule for the number of layers of *kind*; None if only a list, or numbers in one, determines it."""
    symbols = formula_of(n_layers).symbols()
    return Count(symbols[0], tuple(kinds), kind) if symbols and c.goes_on else None


def _number(kind: str) -> str:
    return f"n_{kind.replace('-', '_').replace(' ', '_')}_layers"


def _places(kinds: Sequence[str], kind: str) -> tuple[int, ...]:
    found = tuple(place for place, one in enumerate(kinds) if one == kind)
    return found if len(found) < len(kinds) else ()


def after_the_first(c: Config, key: str = "first_k_dense_replace") -> list[str]:
    """The first layers, as many as *key* says, are dense; the others have experts."""
    n_dense, n_layers = c.size(key, least=0), c.layers()
    return ["dense" if at < n_dense else "sparse" for at in range(n_layers)]


def all_but_one(c: Config) -> list[str]:
    """The first layer is dense; the others have experts."""
    return ["dense", *["sparse"] * (c.layers() - 1)]


def every(c: Config) -> list[str]:
    """Every layer has experts."""
    return ["sparse"] * c.layers()


def listed(
    c: Config,
    otherwise: Callable[[Config], list[str]],
    key: str = "mlp_layer_types",
    valid: tuple[str, ...] = ("dense", "sparse"),
) -> list[str]:
    """The layers' kinds as listed under *key*, or from *otherwise* if there is no list."""
    kinds = c.list_of(key, c.layers())
    if kinds is None:
        return otherwise(c)
    if unknown := [kind for kind in kinds if kind not in valid]:
        raise ConfigError(f"{c.name}: {c.prefix}{key} has {unknown[0]!r:.40}; valid: {', '.join(valid)}")
    return kinds


def numbers(c: Config, key: str) -> set[int]:
    """The layer numbers listed under *key*; empty if there is no list."""
    found = c.get(key)
    if found is None:
        return set()
    if not isinstance(found, list) or not all(type(at) is int for at in found):
        raise c.refuse(key, "valid: a list of layer numbers")
    c.goes_on = c.goes_on and not found
    return set(found)


def periodic(c: Config) -> list[str]:
    """Every decoder_sparse_step-th layer has experts, except mlp_only_layers."""
    n_layers, step, dense_ones = c.layers(), c.size("decoder_sparse_step"), numbers(c, "mlp_only_layers")
    if not c.size("num_experts", least=0):
        return ["dense"] * n_layers
    return ["sparse" if at not in dense_ones and (at + 1) % step == 0 else "dense" for at in range(n_layers)]


def whole(c: Config, key: str, otherwise: int) -> int:
    """The number under a key the type's defaults lack, or *otherwise* if it is absent."""
    return otherwise if key not in c.values else c.size(key, least=0)


def by_frequency(c: Config) -> list[str]:
    """Every moe_layer_freq-th layer has experts, except the first first_k_dense_replace."""
    first, period = whole(c, "first_k_dense_replace", 1), whole(c, "moe_layer_freq", 1)
    if period == 0:
        raise c.refuse("moe_layer_freq", "valid: a whole number from 1 up")
    return ["sparse" if at >= first and at % period == 0 else "dense" for at in range(c.layers())]
