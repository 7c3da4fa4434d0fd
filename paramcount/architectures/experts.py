"""Feed-forward layers of experts, and decoders in which only some layers have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from paramcount.architectures.parts import (
    Parts,
    dense,
    gated,
    rms_norm,
    stacked_experts,
    stacks,
    table,
)
from paramcount.config import Config
from paramcount.tensor import Size

Make = Callable[[Config], Parts]


class Routing(NamedTuple):
    """How many experts a layer has, and how many of them a token is sent to."""

    n_experts: Size
    n_active: Size


def routing(c: Config, n_experts: str = "num_experts", n_active: str = "num_experts_per_tok") -> Routing:
    """The routing under these two keys; raises ConfigError where a token is sent to more experts than there are."""
    experts = c.size(n_experts)
    active = c.size_or_none(n_active)
    if active is None:
        c.notes.append(f"{n_active} is not given: all experts are counted as active.")
        return Routing(experts, experts)
    if active > experts:
        raise c.refuse(n_active, f"valid: up to {n_experts} = {experts}")
    return Routing(experts, active)


def mixture(
    c: Config,
    to: Routing,
    d_expert: Size,
    name: str = "mlp",
    router: str = "gate",
    router_bias: bool = False,
) -> Parts:
    """Gated experts and the linear map that chooses among them (Shazeer et al. 2017, sec. 2)."""
    d_model = c.size("hidden_size")
    return (
        dense(f"{name}.{router}", "router", d_model, to.n_experts, router_bias),
        *stacked_experts(d_model, d_expert, to.n_experts, to.n_active, f"{name}.experts"),
    )


def shared(c: Config, d_shared: Size, name: str = "mlp.shared_experts", bias: bool = False) -> Parts:
    """Experts that every token passes, all in one gated feed-forward (Dai et al. 2024, sec. 3.2)."""
    return gated(c.size("hidden_size"), d_shared, bias, name, component="shared experts")


def feed_forward(c: Config) -> Parts:
    """Gate, up and down, without biases."""
    return gated(c.size("hidden_size"), c.size("intermediate_size"))


def layered(c: Config, kinds: Sequence[str], layer: Callable[[str], Parts], key: str = "num_hidden_layers") -> Parts:
    """Tokens, a layer of each of *kinds* in turn, and a final RMSNorm."""
    d_model = c.size("hidden_size")
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        *stacks(c, "layers", kinds, layer, c.layers(key)),
        rms_norm("norm", d_model, "final norm"),
    )


def sparse(c: Config, kinds: Sequence[str], feeds: Mapping[str, Make], *common: Parts) -> Parts:
    """A decoder whose layers have in common the parts of *common*, and of *feeds* that of their kind."""
    own = tuple(part for parts in common for part in parts)
    return layered(c, kinds, lambda kind: (*own, *feeds[kind](c)))


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
    """The layers' kinds as listed under *key*, or as *otherwise* has them where there is no list."""
    kinds = c.list_of(key, c.layers())
    if kinds is None:
        return otherwise(c)
    if unknown := [kind for kind in kinds if kind not in valid]:
        raise c.refuse(key, f"{unknown[0]!r:.40} is no kind of layer; valid: {', '.join(valid)}")
    return kinds


def numbers(c: Config, key: str) -> set[int]:
    """The layers that are listed by number under *key*; none where there is no list."""
    found = c.get(key)
    if found is None:
        return set()
    if not isinstance(found, list) or not all(type(at) is int for at in found):
        raise c.refuse(key, "valid: a list of layers' numbers")
    return set(found)


def periodic(c: Config) -> list[str]:
    """Every decoder_sparse_step-th layer has experts, but for mlp_only_layers."""
    n_layers, step, dense_ones = c.layers(), c.size("decoder_sparse_step"), numbers(c, "mlp_only_layers")
    if c.size("num_experts", least=0) == 0:
        return ["dense"] * n_layers
    return ["sparse" if at not in dense_ones and (at + 1) % step == 0 else "dense" for at in range(n_layers)]


def without_prediction(c: Config, key: str = "num_nextn_predict_layers") -> None:
    """Note that modules which predict further tokens are not counted (DeepSeek-AI 2024b, sec. 2.2 has such)."""
    if c.get(key):
        c.notes.append(
            f"{key} = {c.get(key)}: transformers' class leaves modules for multi-token prediction out and drops them "
            "on loading, so they are not counted; a checkpoint may hold them."
        )
