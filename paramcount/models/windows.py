"""How far each layer of a decoder sees, by config: a window everywhere, or in layers of one kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from paramcount.blocks.stacks import whole
from paramcount.config import Config, ConfigError
from paramcount.ledger.sized import plain
from paramcount.ledger.window import SLIDING, Window

Windows = Sequence[Window | None]  # by layer number; None sees all
Kinds = Callable[[Config, int], list[str]]  # kinds for n_layers if the config lists none

FULL, NARROW = "full_attention", "sliding_attention"
KINDS = (FULL, NARROW)


def everywhere(c: Config, key: str = "sliding_window") -> Windows:
    """The window under *key* in every layer, or none if it is null."""
    return () if c.get(key) is None else [Window(plain(c.size(key)))] * depth(c)


def depth(c: Config, key: str = "num_hidden_layers") -> int:
    """The number of layers, not marked as looked at, since windows do not change the count."""
    return plain(c.size(key))


def by_kind(
    otherwise: Kinds,
    key: str = "sliding_window",
    kind: str = SLIDING,
    narrow: str = NARROW,
    types: str = "layer_types",
) -> Callable[[Config], Windows]:
    """The window under *key* in the *narrow* layers, as listed under *types* or from *otherwise*."""

    def reach(c: Config) -> Windows:
        n_layers = depth(c)
        listed = c.list_of(types, n_layers)
        kinds = otherwise(c, n_layers) if listed is None else listed
        if unknown := [one for one in kinds if one not in (FULL, narrow)]:
            raise ConfigError(f"{c.name}: {c.prefix}{types} has {unknown[0]!r:.40}; valid: {FULL}, {narrow}")
        if narrow not in kinds:
            return ()
        window = Window(plain(c.size(key)), kind)
        return [window if one == narrow else None for one in kinds]

    return reach


def full(c: Config, n_layers: int) -> list[str]:
    """Every layer sees all tokens."""
    return [FULL] * n_layers


def all_but_every(step: int, first: int = 1) -> Kinds:
    """Every *step*-th layer sees all tokens, counting so that the layer before the first is number 1 − *first*."""
    return lambda c, n_layers: _pattern(n_layers, step, first)


def all_but_every_stated(key: str, otherwise: int) -> Kinds:
    """The same, with the step under *key*, or *otherwise* if it is absent."""

    def kinds(c: Config, n_layers: int) -> list[str]:
        step = whole(c, key, otherwise)
        if not step:
            raise c.refuse(key, "valid: a whole number from 1 up")
        return _pattern(n_layers, plain(step), 1)

    return kinds


def _pattern(n_layers: int, step: int, first: int) -> list[str]:
    return [NARROW if (at + first) % step else FULL for at in range(n_layers)]


def if_used(reach: Callable[[Config], Windows]) -> Callable[[Config], Windows]:
    """*reach* if use_sliding_window is true."""
    return lambda c: reach(c) if c.flag("use_sliding_window") else ()


def after_the_first(c: Config, n_layers: int) -> list[str]:
    """The layers after the first max_window_layers have windows."""
    wide = plain(c.size("max_window_layers", least=0))
    return [NARROW if at >= wide and c.get("sliding_window") is not None else FULL for at in range(n_layers)]
