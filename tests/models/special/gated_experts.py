"""Mixtures of experts with ways of their own: gates, streams, convolutions, and keys as first versions named them."""

from hypothesis import strategies as st

from models.special.experts import (
    between,
    each,
    first_dense,
    full_or_window,
    index,
    kinds,
    maybe,
    mlp_kinds,
    numbered,
    predictions,
    ranks,
)
from models.variations import Document, Draw, Vary

V4_KINDS = {"sliding_attention": 0, "compressed_sparse_attention": 4, "heavily_compressed_attention": 128}


def dots3(draw: Draw, document: Document) -> None:
    """Heads as many for keys as for queries; layers with a window as wide as given, or as by default."""
    document["num_key_value_heads"] = document["num_attention_heads"]
    document["index_head_dim"] = document["qk_rope_head_dim"] + draw(st.integers(0, 4))
    for key in ("use_dsa", "use_sliding_window"):
        if draw(st.booleans()):
            document[key] = draw(st.booleans())
    if draw(st.booleans()):
        n_heads = draw(st.integers(1, 4))
        document |= {"swa_num_attention_heads": n_heads, "swa_num_key_value_heads": n_heads}
        between(1, 9, "swa_q_lora_rank", "swa_kv_lora_rank", "swa_v_head_dim")(draw, document)
        document["swa_qk_nope_head_dim"] = draw(st.integers(1, 6))
        document["swa_head_dim"] = document["swa_qk_nope_head_dim"] + 2 * draw(st.integers(1, 4))
    n_layers = document["num_hidden_layers"]
    if draw(st.booleans()):
        document["moe_layer_freq"] = draw(st.lists(st.integers(0, 1), min_size=n_layers, max_size=n_layers))


def compressions(draw: Draw, document: Document) -> None:
    """DeepSeek-V4's kinds of layers by name or by ratio, of more layers than there are, and the ratios."""
    n_layers, o_groups = document["num_hidden_layers"], draw(st.integers(1, 3))
    document["head_dim"] = 2 * o_groups * draw(st.integers(1, 4))
    document |= {"o_groups": o_groups, "partial_rotary_factor": 0.5}
    found = draw(st.lists(st.sampled_from(sorted(V4_KINDS)), min_size=n_layers, max_size=n_layers + 1))
    how = draw(st.sampled_from(("names", "ratios", "default")))
    if how == "names":
        document["layer_types"] = found
    elif how == "ratios":
        document["compress_ratios"] = [V4_KINDS[kind] for kind in found]
    if draw(st.booleans()):
        document["compress_rates"] = {kind: draw(st.integers(1, 9)) for kind in V4_KINDS if V4_KINDS[kind]}
    maybe(between(1, 9, "compress_rate_csa"), between(1, 9, "compress_rate_hca"))(draw, document)


def inkling(draw: Draw, document: Document) -> None:
    """Heads of layers with a window, and the keys of the first version."""
    n_kv_heads = draw(st.integers(1, 3))
    document["swa_num_key_value_heads"] = n_kv_heads
    document["swa_num_attention_heads"] = n_kv_heads * draw(st.integers(1, 3))
    between(1, 9, "d_rel", "rel_extent", "conv_kernel_size", "sliding_window_size", "swa_head_dim")(draw, document)
    kinds("layer_types", ("hybrid", "hybrid_sliding"))(draw, document)


def inkling1(draw: Draw, document: Document) -> None:
    inkling(draw, document)
    mlp_kinds(draw, document)
    older = between(0, 3, "dense_mlp_idx"), between(1, 30, "dense_intermediate_size")
    maybe(numbered("local_layer_ids"), *older)(draw, document)


def sparse_attention(draw: Draw, document: Document) -> None:
    """MiniMax-M3's lists of layers as numbers, and its indexer under its older names."""
    n_layers = document["num_hidden_layers"]
    switches = st.lists(st.integers(0, 1), min_size=n_layers, max_size=n_layers)
    if draw(st.booleans()):
        document["moe_layer_freq"] = draw(switches)
    if draw(st.booleans()):
        found = {"sparse_attention_freq": draw(switches)}
        maybe(between(1, 5, "sparse_num_index_heads"), between(1, 5, "sparse_index_dim"))(draw, found)
        document["sparse_attention_config"] = found


def one_choice(draw: Draw, document: Document) -> None:
    """Zaya sends a token to one expert."""
    document["num_experts_per_tok"] = 1


VARY: dict[str, Vary] = {
    "axk2": each(
        ranks, index, mlp_kinds, between(1, 9, "gated_norm_rank"), maybe(first_dense, between(1, 3, "moe_layer_freq"))
    ),
    "dots3_note_text": each(
        ranks,
        index,
        dots3,
        mlp_kinds,
        kinds("layer_types", ("full_attention", "indexed_attention", "sliding_attention")),
        maybe(first_dense, between(1, 9, "moe_shared_expert_intermediate_size")),
        between(1, 9, "shared_experts_intermediate_size"),
    ),
    "bailing_hybrid": each(
        ranks,
        first_dense,
        mlp_kinds,
        predictions,
        between(1, 5, "layer_group_size", "short_conv_kernel_size"),
        maybe(
            between(1, 5, "linear_num_heads"), between(1, 5, "linear_head_dim"), between(1, 5, "linear_conv_kernel_dim")
        ),
        kinds("layer_types", ("full_attention", "linear_attention")),
    ),
    "deepseek_v4": each(
        between(1, 9, "q_lora_rank", "o_lora_rank", "index_n_heads", "index_head_dim"),
        between(1, 4, "hc_mult"),
        compressions,
        predictions,
    ),
    "hy_v4": each(
        ranks, index, between(1, 4, "hc_mult"), mlp_kinds, kinds("indexer_types", ("full", "shared")), predictions
    ),
    "inkling_text": inkling1,
    "inkling2_text": inkling,
    "minimax_m3_vl_text": each(
        index,
        between(1, 30, "dense_intermediate_size"),
        mlp_kinds,
        kinds("layer_types", ("full_attention", "minimax_m3_sparse")),
        sparse_attention,
    ),
    "doge": each(between(4, 30, "num_experts"), maybe(full_or_window)),
    "zaya": each(one_choice, between(1, 9, "router_hidden_size"), between(1, 4, "cca_time0", "cca_time1")),
}
