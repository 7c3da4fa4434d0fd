"""Mixtures of experts: which layers have experts, how many of them are shared, heads of a width of their own."""

from collections.abc import Sequence

from hypothesis import strategies as st

from models.variations import Document, Draw, Vary


def each(*varies: Vary) -> Vary:
    """All of *varies*, one after the other."""

    def vary(draw: Draw, document: Document) -> None:
        for one in varies:
            one(draw, document)

    return vary


def head_dim(draw: Draw, document: Document) -> None:
    """d_head in a key that the type's defaults lack, and then a model's width that is no multiple of the heads."""
    if draw(st.booleans()):
        document |= {"head_dim": 2 * draw(st.integers(1, 5)), "hidden_size": draw(st.integers(1, 40))}


def between(least: int, most: int, *keys: str) -> Vary:
    """A whole number under each of *keys*."""

    def vary(draw: Draw, document: Document) -> None:
        document |= {key: draw(st.integers(least, most)) for key in keys}

    return vary


def maybe(*varies: Vary) -> Vary:
    """Each of *varies*, or not."""

    def vary(draw: Draw, document: Document) -> None:
        for one in varies:
            if draw(st.booleans()):
                one(draw, document)

    return vary


def nothing(*keys: str) -> Vary:
    """null under each of *keys*, in some configs."""

    def vary(draw: Draw, document: Document) -> None:
        document |= {key: None for key in keys if draw(st.booleans())}

    return vary


def kinds(key: str, valid: Sequence[object], layers: str = "num_hidden_layers") -> Vary:
    """A list of one of *valid* for every layer, null, or nothing."""

    def vary(draw: Draw, document: Document) -> None:
        n_layers = document[layers]
        given = draw(st.sampled_from(("list", "list", "null", "absent")))
        if given == "list":
            document[key] = draw(st.lists(st.sampled_from(valid), min_size=n_layers, max_size=n_layers))
        elif given == "null":
            document[key] = None

    return vary


def numbered(key: str) -> Vary:
    """Some of the layers by number, and one that there is not."""

    def vary(draw: Draw, document: Document) -> None:
        document[key] = draw(st.lists(st.integers(0, document["num_hidden_layers"] + 1), max_size=4))

    return vary


def top_by_layer(draw: Draw, document: Document) -> None:
    """HunYuan's experts that are active: one number, or one for every layer; and the width that it has to give."""
    document["head_dim"] = 2 * draw(st.integers(1, 5))
    top = st.integers(1, document["num_experts"])
    n_layers = document["num_hidden_layers"]
    document["moe_topk"] = draw(st.one_of(top, st.lists(top, min_size=n_layers, max_size=n_layers)))


def gating(draw: Draw, document: Document) -> None:
    """Laguna's gate: of every head, or of every number of it; what it does not support is left out."""
    document["gating"] = draw(st.sampled_from((True, False, "per-head", "per-element")))
    document.pop("moe_apply_router_weight_on_input", None)
    n_heads = [document["num_key_value_heads"] * times for times in (1, 2, 3)]
    kinds("num_attention_heads_per_layer", n_heads)(draw, document)


def topk_pattern(draw: Draw, document: Document) -> None:
    """The layers with an indexer as letters, or by a period and an offset."""
    n_layers = document["num_hidden_layers"]
    if draw(st.booleans()):
        document["index_topk_pattern"] = draw(st.text("FS", min_size=n_layers, max_size=n_layers))
    maybe(between(0, 3, "index_topk_freq"), between(0, 3, "index_skip_topk_offset"))(draw, document)


def other_number_of_experts(draw: Draw, document: Document) -> None:
    """The experts under the key that goes before the type's own."""
    if draw(st.booleans()):
        document["num_experts"] = document.pop("n_routed_experts")


mlp_kinds = kinds("mlp_layer_types", ("dense", "sparse"))
first_dense = between(0, 4, "first_k_dense_replace")
periods = each(between(1, 3, "decoder_sparse_step"), maybe(numbered("mlp_only_layers")))
no_experts = maybe(maybe(between(0, 0, "num_experts")))
predictions = maybe(between(0, 2, "num_nextn_predict_layers"))
full_or_window = kinds("layer_types", ("full_attention", "sliding_attention"))
ranks = each(
    between(1, 9, "kv_lora_rank", "q_lora_rank", "qk_nope_head_dim", "v_head_dim"),
    lambda draw, document: document.update(qk_rope_head_dim=2 * draw(st.integers(1, 4))),
)
index = between(1, 9, "index_n_heads", "index_head_dim")

VARY: dict[str, Vary] = {
    "minimax": kinds("layer_types", ("full_attention", "linear_attention")),
    "phimoe": head_dim,
    "flex_olmo": head_dim,
    "qwen2_moe": each(periods, no_experts, head_dim),
    "qwen3_moe": each(periods, no_experts, head_dim),
    "flint": each(periods, no_experts),
    "mellum": mlp_kinds,
    "beam": mlp_kinds,
    "kolibri1": full_or_window,
    "deepseek_v2": each(ranks, nothing("q_lora_rank", "num_key_value_heads"), first_dense),
    "deepseek_v3": each(ranks, nothing("q_lora_rank"), first_dense, predictions),
    "deepseek_v32": each(ranks, other_number_of_experts, index, first_dense, mlp_kinds, predictions),
    "glm_moe_dsa": each(
        ranks,
        other_number_of_experts,
        index,
        first_dense,
        mlp_kinds,
        topk_pattern,
        kinds("indexer_types", ("full", "shared")),
        predictions,
    ),
    "glm4_moe_lite": each(ranks, nothing("q_lora_rank"), mlp_kinds, predictions),
    "axk1": each(ranks, mlp_kinds, maybe(first_dense, between(1, 3, "moe_layer_freq"))),
    "longcat_flash": each(
        ranks,
        maybe(between(2, 7, "num_hidden_layers")),
        between(0, 3, "zero_expert_num"),
        maybe(lambda draw, document: document.update(router_bias=True)),
    ),
    "granitemoe": head_dim,
    "granitemoeshared": each(head_dim, between(0, 9, "shared_intermediate_size")),
    "granitemoe_swa": each(head_dim, between(0, 9, "shared_intermediate_size"), full_or_window),
    "dots1": each(head_dim, first_dense, full_or_window),
    "glm4_moe": each(head_dim, first_dense, predictions),
    "exaone_moe": each(head_dim, first_dense, mlp_kinds, full_or_window),
    "hy_v3": each(mlp_kinds, between(0, 2, "num_shared_experts"), predictions),
    "ernie4_5_moe": each(
        head_dim,
        between(0, 3, "moe_layer_start_index"),
        between(-1, 4, "moe_layer_end_index"),
        between(1, 3, "moe_layer_interval"),
        between(0, 2, "moe_num_shared_experts"),
    ),
    "hunyuan_v1_moe": top_by_layer,
    "afmoe": each(between(0, 4, "num_dense_layers"), between(0, 2, "num_shared_experts"), full_or_window),
    "cohere2_moe": each(
        mlp_kinds,
        between(0, 2, "num_shared_experts"),
        maybe(between(0, 1, "first_k_dense_replace"), between(1, 30, "prefix_dense_intermediate_size")),
        maybe(lambda draw, document: document.update(rms_norm_eps=1e-5)),
    ),
    "llama4_text": each(
        between(1, 30, "intermediate_size_mlp"),
        between(1, 3, "interleave_moe_layer_step"),
        maybe(numbered("moe_layers")),
    ),
    "laguna": each(gating, mlp_kinds, full_or_window),
    "mimo_v2_flash": each(between(1, 9, "v_head_dim"), mlp_kinds, full_or_window),
}
DEFAULTS: dict[str, Document] = {
    "dots1": {"n_routed_experts": 8, "n_shared_experts": 2, "num_experts_per_tok": 3},
    "glm4_moe": {"head_dim": 128},
    "hunyuan_v1_moe": {"head_dim": 128},
}
