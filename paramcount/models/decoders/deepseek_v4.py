"""DeepSeek-V4: several streams, and attention that compresses keys and values."""

from __future__ import annotations

from typing import Any

from paramcount.blocks.decoder import layered, pre_norms
from paramcount.blocks.experts import mixture, routing, shared
from paramcount.blocks.parts import bare, dense, rms_norm
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.streams import one_of, streams
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture


def deepseek_v4(c: Config) -> Parts:
    """One key and value for all heads, from a window and, in most layers, from compressed positions."""
    without_prediction(c)
    d_model, d_expert, n_streams = c.size("hidden_size"), c.size("moe_intermediate_size"), c.size("hc_mult")
    maps = (n_streams + 2) * n_streams
    around = tuple(part for own in ("attn", "ffn") for part in streams(f"{own}_hc", n_streams, d_model, maps, 3))
    ours = (
        *mixture(c, routing(c, "n_routed_experts"), d_expert),
        *shared(c, d_expert, bias=c.flag("mlp_bias")),
    )

    def layer(kind: str) -> Parts:
        return (*_narrow(c), *_COMPRESSORS[kind](c), *ours, *pre_norms(c), *around)

    return (*layered(c, _compressions(c), layer), *one_of(n_streams, d_model))


def _narrow(c: Config) -> Parts:
    d_model, n_heads, d_head, r_q = (
        c.size(key) for key in ("hidden_size", "num_attention_heads", "head_dim", "q_lora_rank")
    )
    n_groups, r_out = c.size("o_groups"), c.size("o_lora_rank")
    if not c.divides(n_groups, n_heads * d_head):
        raise c.refuse("o_groups", f"valid: a divisor of num_attention_heads · head_dim = {n_heads * d_head}")
    words = "num_attention_heads · head_dim / o_groups"
    d_group = c.follows("d_group", words, n_heads * d_head, n_groups, "exactly")
    return (
        dense("self_attn.q_a_proj", "attention", d_model, r_q),
        rms_norm("self_attn.q_a_norm", r_q),
        dense("self_attn.q_b_proj", "attention", r_q, n_heads * d_head),
        dense("self_attn.kv_proj", "attention", d_model, d_head),
        rms_norm("self_attn.kv_norm", d_head),
        dense("self_attn.o_a_proj", "attention", d_group, n_groups * r_out),
        dense("self_attn.o_b_proj", "attention", n_groups * r_out, d_model),
        bare("self_attn.sinks", "attention", n_heads),
    )


def _compressor(c: Config, name: str, rate: Size, d_head: Size, width: Size) -> Parts:
    d_model = c.size("hidden_size")
    return (
        dense(f"{name}.kv_proj", "attention", d_model, width),
        dense(f"{name}.gate_proj", "attention", d_model, width),
        bare(f"{name}.position_bias", "attention", rate, width),
        rms_norm(f"{name}.kv_norm", d_head),
    )


def _heavily(c: Config) -> Parts:
    d_head = c.size("head_dim")
    return _compressor(c, "self_attn.compressor", _rate(c, "heavily_compressed_attention", "hca", 128), d_head, d_head)


def _sparsely(c: Config) -> Parts:
    rate = _rate(c, "compressed_sparse_attention", "csa", 4)
    d_head, n_index, d_index = c.size("head_dim"), c.size("index_n_heads"), c.size("index_head_dim")
    name = "self_attn.compressor.indexer"
    return (
        *_compressor(c, "self_attn.compressor", rate, d_head, 2 * d_head),
        *_compressor(c, name, rate, d_index, 2 * d_index),
        dense(f"{name}.q_b_proj", "attention", c.size("q_lora_rank"), n_index * d_index),
        dense(f"{name}.scorer.weights_proj", "attention", c.size("hidden_size"), n_index),
    )


def _rate(c: Config, kind: str, short: str, otherwise: int) -> Size:
    if c.get(f"compress_rate_{short}") is not None:
        return c.size(f"compress_rate_{short}")
    if c.get("compress_rates") is not None:
        return c.nested("compress_rates").size(kind)
    return c.named(f"compress_rate_{short}", otherwise, f"compress_rates.{kind} by default")


_COMPRESSORS = {"sliding": lambda c: (), "sparse": _sparsely, "heavy": _heavily}
_KINDS = {
    "sliding_attention": "sliding",
    "compressed_sparse_attention": "sparse",
    "heavily_compressed_attention": "heavy",
    0: "sliding",
    4: "sparse",
    128: "heavy",
}


def _compressions(c: Config) -> list[str]:
    """layer_types, or compress_ratios, their old name; entries beyond the last layer are ignored."""
    n_layers = c.layers()
    for key, of in (("layer_types", str), ("compress_ratios", int)):
        kinds = c.get(key)
        if kinds is None:
            continue
        known = [kind for kind in _KINDS if type(kind) is of]
        if not isinstance(kinds, list) or len(kinds) < n_layers or not all(_among(kind, known) for kind in kinds):
            raise c.refuse(key, f"valid: one of {', '.join(map(str, known))} for each of {n_layers} layers")
        c.cut.add(key)
        return [_KINDS[kind] for kind in kinds[:n_layers]]
    return ["heavy" if at < 2 or at % 2 == 0 else "sparse" for at in range(n_layers)]


def _among(kind: Any, known: list[Any]) -> bool:
    """Whether *kind* is one of *known* with the same type: False is not 0."""
    return type(kind) is type(known[0]) and kind in known


DEEPSEEK_V4 = Architecture(
    summary="routed experts and a shared one, compressed keys and values, and several residual streams",
    source="transformers 5.23.0, models/deepseek_v4",
    body=deepseek_v4,
    heads=DECODER_HEADS,
    uncosted="attends to keys and values compressed from several tokens each",
)
