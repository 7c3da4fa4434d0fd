"""Feed-forward networks: plain, gated, and with gate and up in one map."""

from __future__ import annotations

from paramcount.blocks.parts import dense, fused
from paramcount.blocks.roles import DOWN, FIRST, GATE, SECOND, UP
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size


def gated(
    d_model: Size,
    d_ff: Size,
    bias: bool = False,
    name: str = "mlp",
    names: tuple[str, str, str] = ("gate_proj", "up_proj", "down_proj"),
    component: str = "feed-forward",
) -> Parts:
    """Gate, up and down (Shazeer 2020, eq. 6)."""
    gate, up, down = (f"{name}.{own}" for own in names)
    return (
        dense(gate, component, d_model, d_ff, bias, GATE),
        dense(up, component, d_model, d_ff, bias, UP),
        dense(down, component, d_ff, d_model, bias, DOWN),
    )


def plain(
    d_model: Size,
    d_ff: Size,
    bias: bool = True,
    name: str = "mlp",
    names: tuple[str, str] = ("up_proj", "down_proj"),
    component: str = "feed-forward",
) -> Parts:
    """Up and down (Vaswani et al. 2017, sec. 3.3)."""
    up, down = (f"{name}.{own}" if name else own for own in names)
    return (
        dense(up, component, d_model, d_ff, bias, FIRST),
        dense(down, component, d_ff, d_model, bias, SECOND),
    )


def fused_gated(
    d_model: Size,
    d_ff: Size,
    bias: bool = False,
    name: str = "mlp",
    names: tuple[str, str] = ("gate_up_proj", "down_proj"),
    component: str = "feed-forward",
) -> Parts:
    """Gate and up in one map, and down."""
    into, down = (f"{name}.{own}" for own in names)
    return (
        fused(into, component, d_model, ((GATE, d_ff), (UP, d_ff)), bias),
        dense(down, component, d_ff, d_model, bias, DOWN),
    )


def gate_and_up(c: Config) -> Parts:
    """The same with the config's widths."""
    return fused_gated(c.size("hidden_size"), c.size("intermediate_size"))


def gated_feed_forward(c: Config, bias: bool = False) -> Parts:
    """The gated feed-forward with the config's widths."""
    return gated(c.size("hidden_size"), c.size("intermediate_size"), bias)
