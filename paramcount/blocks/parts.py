"""The smallest parts, under the names most checkpoints use: linear maps, norms, tables."""

from __future__ import annotations

from paramcount.blocks.leaves import Bare, Dense, Embedding, Fused, Idle, Norm
from paramcount.blocks.roles import Map, Role, together
from paramcount.blocks.wrapped import Frozen
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.operation import POSITION, TOKEN
from paramcount.ledger.tensor import Size


def dense(name: str, component: str, d_in: Size, d_out: Size, bias: bool = False, role: Role | None = None) -> Part:
    """A linear map."""
    return Part(name, component, Dense(d_in, d_out, bias, role))


def idle(part: Part) -> Part:
    """*part*, unused in a run on text tokens."""
    return part._replace(block=Idle(part.block))


def fused(name: str, component: str, d_in: Size, maps: tuple[Map, ...], bias: bool = False) -> Part:
    """Several *maps* of one input in one linear map."""
    return Part(name, component, Fused(Dense(d_in, together(maps), bias), maps))


def rms_norm(name: str, n: Size, component: str = "norm") -> Part:
    """A norm with a weight only (Zhang and Sennrich 2019)."""
    return Part(name, component, Norm(n))


def layer_norm(name: str, n: Size, bias: bool = True, component: str = "layer norm") -> Part:
    """LayerNorm (Ba et al. 2016), with or without a bias."""
    return Part(name, component, Norm(n, bias))


def last_norm(c: Config, name: str = "norm", bias: bool = True) -> Parts:
    """LayerNorm after the last layer."""
    return (layer_norm(name, c.size("hidden_size"), bias, "final norm"),)


def table(name: str, rows: Size, width: Size, component: str = "token embedding", shares: str = "") -> Part:
    """An embedding with this many rows, which may share another tensor in the body."""
    per = POSITION if component == "position embedding" else TOKEN
    return Part(name, component, Embedding(rows, width, shares, per))


def bare(name: str, component: str, *shape: Size) -> Part:
    """A parameter without its own module: `self_attn.sinks`."""
    owner, _, own = name.rpartition(".")
    return Part(owner, component, Bare(own, shape))


def frozen(*parts: Part | Stack) -> Parts:
    """*parts* marked as not trained."""
    return tuple(
        part._replace(layer=frozen(*part.layer)) if isinstance(part, Stack) else part._replace(block=Frozen(part.block))
        for part in parts
    )
