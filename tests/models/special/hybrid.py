"""State spaces, recurrences and hybrids: widths of the mixers, and which layer has which."""

import math

from hypothesis import strategies as st

from models.special.experts import between, each, head_dim, kinds, maybe, mlp_kinds, nothing
from models.variations import Document, Draw, Vary

LINEAR = ("full_attention", "linear_attention")
OLD_LINEAR = (*LINEAR, "attention", "mamba")
FEED_FORWARD = (0.5, 1.0, 1.25, 1.7)


def one_of(key: str, *values: object) -> Vary:
    """One of *values* under *key*."""

    def vary(draw: Draw, document: Document) -> None:
        document[key] = draw(st.sampled_from(values))

    return vary


def rank(key: str) -> Vary:
    """The time step's rank as a number, as "auto" or left out, and widths on both sides of a sixteenth."""

    def vary(draw: Draw, document: Document) -> None:
        document["hidden_size"] = draw(st.integers(1, 50))
        maybe(one_of(key, "auto", *range(1, 9)))(draw, document)

    return vary


def width_given(draw: Draw, document: Document) -> None:
    """Mamba's inner width in a key of its own, as its released configs have it."""
    if draw(st.booleans()):
        document["intermediate_size"] = draw(st.integers(1, 40))


def heads_of(n_heads: str, d_head: str, n_groups: str, expand: str = "expand") -> Vary:
    """Heads of Mamba-2 that fill expand times the model's width, in some configs by their own count."""

    def vary(draw: Draw, document: Document) -> None:
        document[expand] = draw(st.integers(1, 3))
        width = document[expand] * document["hidden_size"]
        document[n_heads] = draw(st.sampled_from([n for n in range(1, width + 1) if width % n == 0]))
        own = [width // document[n_heads]]
        document[d_head] = draw(st.sampled_from(own if d_head == "head_dim" else ["auto", *own]))
        document[n_groups] = draw(st.integers(1, 4))

    return vary


def period(key: str) -> Vary:
    """A period of layers and an offset in it."""

    def vary(draw: Draw, document: Document) -> None:
        document[f"{key}_period"] = draw(st.integers(1, 4))
        document[f"{key}_offset"] = draw(st.integers(0, document[f"{key}_period"] - 1))

    return vary


def numbered(key: str) -> Vary:
    """Some of the layers by number, one that there is not, or null."""

    def vary(draw: Draw, document: Document) -> None:
        layers = st.lists(st.integers(0, document["num_hidden_layers"] + 1), max_size=4)
        document[key] = draw(st.one_of(st.none(), layers))

    return vary


def ssm_width(draw: Draw, document: Document) -> None:
    """Falcon-H1's inner width: of its own, or by expand."""
    n_heads = document["mamba_n_heads"]
    document["mamba_d_ssm"] = draw(st.sampled_from((None, n_heads * draw(st.integers(1, 5)))))
    if document["mamba_d_ssm"] is not None:
        document["mamba_d_head"] = draw(st.sampled_from(("auto", document["mamba_d_ssm"] // n_heads)))


def zamba(draw: Draw, document: Document) -> None:
    """Zamba's heads of Mamba, its wide attention, and which layers are hybrid by list or by period."""
    document["n_mamba_heads"] = draw(st.integers(1, 3))
    document["mamba_expand"] = draw(st.sampled_from((1, 2, 3))) * document["n_mamba_heads"]
    document["num_hidden_layers"] = draw(st.integers(3, 9))
    maybe(between(1, 40, "attention_hidden_size"))(draw, document)
    document["attention_head_dim"] = draw(st.sampled_from((None, 1, 2, 6)))
    kinds("layers_block_type", ("hybrid", "linear_attention", "mamba"))(draw, document)


def zamba2(draw: Draw, document: Document) -> None:
    """Zamba2's layers, blocks in turn and adapters, and what the class computes unless it is given."""
    n_layers = draw(st.integers(1, 10))
    document["num_hidden_layers"] = n_layers
    listed = st.lists(st.sampled_from(("hybrid", "mamba", "linear_attention")), min_size=n_layers, max_size=n_layers)
    document["layers_block_type"] = draw(listed)
    if draw(st.booleans()):
        hybrid = [at for at, kind in enumerate(document["layers_block_type"]) if kind == "hybrid"]
        document["hybrid_layer_ids"] = hybrid
    between(1, 4, "num_mem_blocks", "mamba_ngroups", "n_mamba_heads", "mamba_expand")(draw, document)
    between(1, 9, "adapter_rank")(draw, document)
    maybe(between(1, 40, "attention_hidden_size"), one_of("attention_head_dim", 2, 4, 6))(draw, document)


def block_types(draw: Draw, document: Document) -> None:
    """RecurrentGemma's pattern of blocks, and the width of its recurrence, which heads divide."""
    document["block_types"] = draw(st.lists(st.sampled_from(("recurrent", "attention")), min_size=1, max_size=4))
    document["lru_width"] = draw(st.sampled_from((None, document["num_attention_heads"] * draw(st.integers(1, 5)))))
    if draw(st.booleans()):
        document["head_dim"] = 2 * draw(st.integers(1, 5))


def delta(draw: Draw, document: Document) -> None:
    """A delta net's heads, as many for values as for keys or more."""
    document["linear_num_key_heads"] = draw(st.integers(1, 3))
    document["linear_num_value_heads"] = document["linear_num_key_heads"] * draw(st.integers(1, 3))
    between(1, 9, "linear_key_head_dim", "linear_value_head_dim", "linear_conv_kernel_dim")(draw, document)


def open_delta(draw: Draw, document: Document) -> None:
    """The same with keys left out, each of which then follows from others."""
    delta(draw, document)
    for key in [key for key in document if key.startswith("linear_")]:
        if draw(st.booleans()):
            del document[key]


def both_kinds(draw: Draw, document: Document) -> None:
    """OLMo Hybrid's layers, of which it needs some of each kind."""
    document["num_hidden_layers"] = draw(st.integers(2, 6))
    more = draw(st.lists(st.sampled_from(OLD_LINEAR), max_size=4))
    if draw(st.booleans()):
        document["layer_types"] = draw(st.permutations([*LINEAR, *more]))
        document["num_hidden_layers"] = len(document["layer_types"])


def n_grams(draw: Draw, document: Document) -> None:
    """Qwen4's streams, indexer and tables of n-grams, which are in layers of linear attention alone."""
    between(2, 4, "hc_count")(draw, document)
    between(1, 9, "hc_lowrank", "indexer_n_heads")(draw, document)
    document |= {"indexer_kv_heads": 1, "indexer_head_dim": draw(st.integers(12, 20))}
    document["head_dim"] = 2 * draw(st.integers(1, 6))
    document |= {"indexer_budget": 4, "indexer_compress_ratio": 2, "eos_token_id": 1}
    kinds = [*LINEAR, "indexed_attention", "qwen_sparse_attention"]
    n_layers = document["num_hidden_layers"]
    linear = [at for at in range(1, n_layers + 1) if at % 4]
    if draw(st.booleans()):
        document["layer_types"] = draw(st.lists(st.sampled_from(kinds), min_size=n_layers, max_size=n_layers))
        linear = [at for at, kind in enumerate(document["layer_types"], 1) if kind == "linear_attention"]
    if linear and draw(st.booleans()):
        document["ple_layer_ids"] = draw(st.lists(st.sampled_from(linear), max_size=3))
    between(1, 4, "heads_per_ngram", "ple_conv_kernel_size")(draw, document)
    between(2, 4, "ngram_size")(draw, document)
    between(1, 50, "ngram_vocab_size_base", "make_ngram_vocab_size_divisible_by")(draw, document)
    n_tables = (document["ngram_size"] - 1) * document["heads_per_ngram"]
    document["hidden_size"] = n_tables * draw(st.integers(1, 5))
    maybe(one_of("ple_embed_dim", None, n_tables, 3 * n_tables))(draw, document)


def kimi(draw: Draw, document: Document) -> None:
    """Kimi's linear attention by its own keys, or by an object with the layers numbered from 1."""
    between(1, 9, "linear_head_dim", "linear_num_heads", "linear_conv_kernel_dim")(draw, document)
    if draw(st.booleans()):
        found: Document = {}
        maybe(*(between(1, 6, key) for key in ("head_dim", "num_heads", "short_conv_kernel_size")))(draw, found)
        if draw(st.booleans()):
            layers = range(1, document["num_hidden_layers"] + 1)
            full = draw(st.sets(st.sampled_from(layers)))
            found |= {"full_attn_layers": sorted(full), "kda_layers": [at for at in layers if at not in full]}
        document["linear_attn_config"] = found


def nemotron(draw: Draw, document: Document) -> None:
    """Nemotron-H's layers as a list or as letters, Mamba's keys as first versions had them, and narrow experts."""
    how = draw(st.sampled_from(("list", "letters", "both", "default")))
    if how in ("list", "both"):
        valid = ("linear_attention", "full_attention", "mlp", "moe", "mamba", "attention")
        document["layers_block_type"] = draw(st.lists(st.sampled_from(valid), min_size=1, max_size=6))
    if how in ("letters", "both"):
        document["hybrid_override_pattern"] = draw(st.text("M*-E", min_size=1, max_size=6))
    document["moe_latent_size"] = draw(st.sampled_from((None, 1, 5)))
    older = (between(1, 3, "mamba_n_groups", "mamba_d_conv"), one_of("mamba_conv_bias", True, False))
    maybe(maybe(*older))(draw, document)


def experts_or_none(draw: Draw, document: Document) -> None:
    """No experts, in some configs."""
    if draw(st.integers(0, 3)) == 0:
        document["num_local_experts"] = 0


def adjusted(draw: Draw, document: Document) -> None:
    """LFM2's feed-forward, whose width is two thirds of the one given, times a factor and rounded up."""
    document["block_multiple_of"] = draw(st.integers(1, 9))
    maybe(one_of("block_ffn_dim_multiplier", None, *FEED_FORWARD))(draw, document)
    maybe(between(1, 40, "block_ff_dim"), one_of("tie_embedding", True, False))(draw, document)


def list_needed(draw: Draw, document: Document) -> None:
    """LFM2's experts have no default for the list of layers."""
    n_layers = document["num_hidden_layers"]
    listed = st.lists(st.sampled_from(("full_attention", "conv")), min_size=n_layers, max_size=n_layers)
    document["layer_types"] = draw(listed)


def xlstm(draw: Draw, document: Document) -> None:
    """xLSTM's widths as factors, its two ways to store maps, and its keys under other names."""
    document["num_heads"] = draw(st.integers(1, 3))
    document["hidden_size"] = 4 * document["num_heads"] * draw(st.integers(1, 4))
    one_of("weight_mode", "single", "fused")(draw, document)
    maybe(one_of("v_dim_factor", 0.5, 1.0, 2.0), one_of("qk_dim_factor", 0.5, 0.3, 1.0))(draw, document)
    maybe(one_of("ffn_proj_factor", 1.3, 2.667, 4.0), between(1, 70, "ffn_round_up_to_multiple_of"))(draw, document)
    maybe(between(1, 4, "num_blocks"), between(1, 30, "embedding_dim"))(draw, document)


def unlimited(draw: Draw, document: Document) -> None:
    """The time step's limits as transformers writes them: the upper one is no JSON."""
    if draw(st.booleans()):
        document["time_step_limit"] = [0.0, math.inf]


conv = between(1, 6, "conv_kernel")
state = between(1, 9, "state_size")
mamba_1 = each(rank("time_step_rank"), state, conv, between(1, 3, "expand"), width_given)
in_mamba = between(1, 6, "mamba_d_state", "mamba_d_conv")
mamba_2 = each(in_mamba, unlimited, heads_of("mamba_n_heads", "mamba_d_head", "mamba_n_groups", "mamba_expand"))
interval = maybe(between(1, 4, "full_attention_interval"))
linear_kinds = kinds("layer_types", OLD_LINEAR)
deltas = each(delta, interval, linear_kinds)
conv_cache = between(1, 6, "conv_L_cache")

VARY: dict[str, Vary] = {
    "mamba": mamba_1,
    "falcon_mamba": mamba_1,
    "mamba2": each(state, conv, unlimited, heads_of("num_heads", "head_dim", "n_groups")),
    "jamba": each(
        maybe(rank("mamba_dt_rank")),
        lambda draw, document: document.update(hidden_size=document["num_attention_heads"] * draw(st.integers(1, 9))),
        in_mamba,
        between(1, 3, "mamba_expand"),
        between(1, 6, "num_experts"),
        period("attn_layer"),
        period("expert_layer"),
        head_dim,
    ),
    "zamba": each(in_mamba, maybe(one_of("mamba_dt_rank", "auto", 1, 5)), zamba, period("attn_layer")),
    "zamba2": each(in_mamba, zamba2, nothing("intermediate_size", "num_key_value_heads")),
    "bamba": each(head_dim, mamba_2, numbered("attn_layer_indices"), nothing("num_key_value_heads")),
    "falcon_h1": each(head_dim, mamba_2, ssm_width),
    "recurrent_gemma": each(block_types, between(1, 6, "conv1d_width")),
    "rwkv": each(nothing("intermediate_size"), maybe(between(1, 30, "attention_hidden_size"))),
    "qwen3_next": each(
        deltas, between(1, 3, "decoder_sparse_step"), numbered("mlp_only_layers"), between(0, 6, "num_experts")
    ),
    "qwen3_5_text": deltas,
    "qwen3_5_moe_text": deltas,
    "qwen4_exp_text": each(delta, n_grams),
    "granitemoehybrid": each(head_dim, mamba_2, experts_or_none, linear_kinds),
    "lfm2": each(
        head_dim, adjusted, conv_cache, numbered("full_attn_idxs"), kinds("layer_types", ("full_attention", "conv"))
    ),
    "lfm2_moe": each(head_dim, conv_cache, between(0, 4, "num_dense_layers"), list_needed),
    "lfm3": each(conv_cache, kinds("layer_types", ("full_attention", "conv", "sliding_attention"))),
    "nemotron_h": each(
        unlimited,
        between(1, 6, "ssm_state_size", "conv_kernel", "mamba_num_heads", "mamba_head_dim", "n_groups"),
        between(0, 20, "moe_shared_expert_intermediate_size"),
        between(0, 2, "num_nextn_predict_layers"),
        nemotron,
    ),
    "kimi_linear": each(
        between(1, 9, "kv_lora_rank", "qk_nope_head_dim", "v_head_dim", "qk_rope_head_dim"),
        one_of("q_lora_rank", None, 3),
        between(0, 2, "n_shared_experts"),
        maybe(between(0, 4, "first_k_dense_replace")),
        mlp_kinds,
        linear_kinds,
        kimi,
    ),
    "olmo_hybrid": each(head_dim, open_delta, both_kinds),
    "xlstm": xlstm,
}
INDEXER = {"n_heads": 8, "kv_heads": 1, "head_dim": 256, "budget": 2048, "compress_ratio": 4}
DEFAULTS: dict[str, Document] = {
    "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 16},
    "qwen4_exp_text": {f"indexer_{key}": value for key, value in INDEXER.items()},
}
