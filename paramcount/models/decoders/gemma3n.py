"""Gemma 3n: embeddings for every layer, and keys and values that later layers take from earlier ones."""

from __future__ import annotations

from collections.abc import Sequence

from paramcount.blocks.attention import head_norms, heads
from paramcount.blocks.feedforward import gated
from paramcount.blocks.leaves import Dense
from paramcount.blocks.parts import bare, dense, rms_norm, table
from paramcount.blocks.products import Attend, Product
from paramcount.blocks.stacks import stacks
from paramcount.blocks.wrapped import Often
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.decoders.gemma import GEMMA, around, attends

# Whether a layer computes keys and values or reuses an earlier layer's.
KEYED, KEYLESS = "keyed", "keyless"


def keys_and_values(c: Config, n_layers: int) -> list[str]:
    """KEYED or KEYLESS for each layer: the last num_kv_shared_layers reuse earlier ones."""
    n_taken = c.size("num_kv_shared_layers", least=0)
    if n_taken and n_taken >= n_layers:
        raise c.refuse("num_kv_shared_layers", f"valid: fewer than num_hidden_layers = {n_layers}")
    c.goes_on = c.goes_on and not n_taken  # the last layers reuse theirs
    return [KEYED] * (n_layers - n_taken) + [KEYLESS] * n_taken


def layer_embeddings(c: Config, n_layers: Size, width: Size, projection_norm: str) -> Parts:
    """A second token embedding, *width* wide for each layer, and the first one's contribution to it."""
    d_model, all_layers = c.size("hidden_size"), n_layers * width
    return (
        table("embed_tokens_per_layer", c.size("vocab_size_per_layer_input"), all_layers),
        dense("per_layer_model_projection", "layer inputs", d_model, all_layers),
        rms_norm(projection_norm, width),
    )


def layer_input(c: Config, width: Size) -> Parts:
    """A gate on the layer's own embedding, a map to the model's width, and a norm."""
    d_model = c.size("hidden_size")
    return (
        dense("per_layer_input_gate", "layer inputs", d_model, width),
        dense("per_layer_projection", "layer inputs", width, d_model),
        rms_norm("post_per_layer_input_norm", d_model),
    )


def without_keys_and_values(parts: Parts) -> Parts:
    """Attention without its key and value maps and the norm over keys."""
    left_out = ("self_attn.k_proj", "self_attn.v_proj", "self_attn.k_norm")
    return tuple(_keeping_nothing(part) for part in parts if part.name not in left_out)


def _keeping_nothing(part: Part | Stack) -> Part | Stack:
    """*part*, caching nothing if it is attention itself, since keys and values are an earlier layer's."""
    if isinstance(part, Part) and isinstance(part.block, Attend):
        return part._replace(block=part.block._replace(numbers=0))
    return part


def feed_forward_widths(c: Config, n_layers: int) -> list[Sized]:
    """d_ff of each layer: one value for all, or a list."""
    if not isinstance(c.get("intermediate_size"), list):
        return [c.size("intermediate_size")] * n_layers
    widths = c.list_of("intermediate_size", n_layers) or []
    if not all(isinstance(width, int) and width is not True and width > 0 for width in widths):
        raise c.refuse("intermediate_size", "valid: whole numbers from 1 up, one per layer")
    distinct = list(dict.fromkeys(widths))
    names = ["d_ff"] if len(distinct) == 1 else [f"d_ff_{place}" for place in range(1, len(distinct) + 1)]
    sized = {width: c.named(name, width, "intermediate_size") for name, width in zip(names, distinct, strict=True)}
    return [sized[width] for width in widths]


def alternating_updates(c: Config) -> Parts:
    """Baykal et al. 2023: altup_num_inputs residual streams, predicted and corrected by a router."""
    d_model, n = c.size("hidden_size"), c.size("altup_num_inputs")
    return (
        bare("altup.correct_output_scale", "alternating updates", d_model),
        dense("altup.correction_coefs", "alternating updates", n, n),
        dense("altup.prediction_coefs", "alternating updates", n, n * n),
        Part("altup.modality_router", "alternating updates", Often(Dense(d_model, n), 2)),  # to predict and to correct
        Part("", "alternating updates", Product(d_model * n * n)),
        rms_norm("altup.router_norm", d_model),
    )


def low_rank_residual(c: Config) -> Parts:
    """Menghani et al. 2024: a residual connection of rank laurel_rank."""
    d_model, rank = c.size("hidden_size"), c.size("laurel_rank")
    return (
        dense("laurel.linear_left", "low-rank residual", d_model, rank),
        dense("laurel.linear_right", "low-rank residual", rank, d_model),
        rms_norm("laurel.post_laurel_norm", d_model),
    )


def gemma3n(c: Config) -> Parts:
    """Gemma 3n, as in transformers 5.23.0's class."""
    n_layers, d_model, width = c.layers(), c.size("hidden_size"), c.size("hidden_size_per_layer_input")
    h = heads(c)
    attention = (*attends(c, h), *head_norms(h))
    rest = (*around(c), *alternating_updates(c), *low_rank_residual(c), *layer_input(c, width))
    widths = feed_forward_widths(c, n_layers)
    kinds = _kinds(keys_and_values(c, n_layers), widths)
    of_kind = dict(zip(kinds, widths, strict=True))

    def layer(kind: str) -> Parts:
        attending = without_keys_and_values(attention) if kind.startswith(KEYLESS) else attention
        return (*attending, *gated(d_model, of_kind[kind]), *rest)

    streams = c.size("altup_num_inputs") - 1
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        *layer_embeddings(c, n_layers, width, "per_layer_projection_norm"),
        *stacks(c, "layers", kinds, layer, n_layers),
        *_streams(streams, d_model),
        rms_norm("norm", d_model, "final norm"),
    )


def _kinds(taking: Sequence[str], widths: Sequence[Sized]) -> list[str]:
    """A name for each layer by the source of its keys and values and, if widths differ, its d_ff."""
    distinct = list(dict.fromkeys(widths))
    if len(distinct) == 1:
        return list(taking)
    return [f"{kv} {distinct.index(width) + 1}" for kv, width in zip(taking, widths, strict=True)]


def _streams(n: Size, d_model: Size) -> Parts:
    if not n:
        return ()
    one = (dense("", "alternating updates", d_model, d_model),)
    return (Stack("altup_projections", n, one), Stack("altup_unembed_projections", n, one))


GEMMA3N = GEMMA._replace(
    summary="Gemma's decoder with embeddings for every layer and alternating updates",
    source="transformers 5.23.0",
    body=gemma3n,
)
