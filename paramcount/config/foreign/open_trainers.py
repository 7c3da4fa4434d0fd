"""Training configs of OLMo, llm-foundry and nanotron, with the model under `model`; OLMo 1's own config.json."""

from __future__ import annotations

from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program

MPT = ("d_model", "n_heads", "n_layers")


def olmo(keys: Keys) -> dict[str, Any]:
    """Groeneveld et al. 2024, sec. 2.1, norms without weights; OLMo team 2024, sec. 2, RMSNorm after; or Llama's."""
    d_model = keys.whole("d_model")
    for key, value, default in (("include_bias", False, True), ("rope", True, False), ("alibi", False, False)):
        if keys.flag(key, default) is not value:
            keys.refuse(key, str(value).lower())
    keys.only("activation_type", "swiglu")
    keys.only("block_type", "sequential")
    keys.only("block_group_size", 1)
    rms = keys.only("layer_norm_type", "default", "rms", "low_precision", default="default") == "rms"
    behind = keys.flag("norm_after", False)
    for key, default, valid in (
        ("layer_norm_with_affine", True, rms),
        ("attention_layer_norm", False, behind),
        ("norm_after", False, behind and rms),
        ("attention_layer_norm_with_affine", True, True) if behind else ("norm_after", False, False),
    ):
        if keys.flag(key, default) is not valid:
            keys.refuse(key, f"{str(valid).lower()}, with the other norms as they are")
    both = keys.whole("mlp_hidden_size", keys.whole("mlp_ratio", 4) * d_model)
    n_heads = keys.whole("n_heads")
    groups = 1 if keys.flag("multi_query_attention", False) else n_heads
    vocab = keys.whole("vocab_size", 50257)
    return {
        "model_type": "olmo2" if behind else "llama" if rms else "olmo",
        "hidden_size": d_model,
        "num_hidden_layers": keys.whole("n_layers"),
        "num_attention_heads": n_heads,
        "num_key_value_heads": keys.whole("n_kv_heads", groups),
        "intermediate_size": both // 2,
        "vocab_size": keys.whole("embedding_size", vocab),
        "tie_word_embeddings": keys.flag("weight_tying", True),
    }


def llm_foundry(keys: Keys) -> dict[str, Any]:
    """MosaicML 2023: MPT as released and as transformers' class has it, with ALiBi and without biases."""
    keys.only("name", "mpt_causal_lm")
    d_model, n_layers = keys.whole("d_model"), keys.whole("n_layers")
    keys.only("expansion_ratio", 4)
    keys.only("tie_word_embeddings", True)
    attention = keys.within("attn_config")
    attention.only("attn_type", "multihead_attention")
    attention.only("qk_ln", False)
    keys.within("ffn_config").only("ffn_type", "mptmlp")
    keys.only("no_bias", True)
    if keys.get("learned_pos_emb") is True and not attention.get("alibi"):
        keys.refuse("learned_pos_emb", "false; transformers' class has no learned positions")
    if keys.get("no_bias") is None:
        keys.notes.append(
            f"no_bias is not in the file; its program would then add {(11 * n_layers + 1) * d_model:,} biases."
        )
    if not (attention.get("alibi") or attention.get("rope") or keys.get("learned_pos_emb") is False):
        rows = keys.whole("max_seq_len", 2048)
        keys.notes.append(
            f"alibi is not in the file; its program would then add {rows * d_model:,} position parameters. "
            "This counts MPT as released, with ALiBi and without biases."
        )
    return {"model_type": "mpt", **{key: keys.whole(key) for key in MPT}, "vocab_size": keys.whole("vocab_size")}


def nanotron(keys: Keys) -> dict[str, Any]:
    """transformers' keys. Its Qwen2 is Llama with a switch for biases on queries, keys and values."""
    own = keys.within("model_config")
    kinds = {"is_llama_config": "llama", "is_qwen2_config": "qwen2"}
    found = [name for key, name in kinds.items() if own.get(key) is True]
    if len(found) != 1:
        raise keys.error("neither is_llama_config nor is_qwen2_config is true; valid: one of them true")
    names = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
    sizes = {key: own.whole(key) for key in names}
    multiple, vocab = keys.whole("make_vocab_size_divisible_by", 1), own.whole("vocab_size")
    if multiple > 1:
        keys.notes.append(
            f"The vocabulary of {vocab:,} is padded to a multiple of {multiple}, and further where ranks shard it."
        )
    own.only("moe_config")
    own.only("head_dim")
    biased = own.flag("attention_bias", False)
    if biased and found == ["llama"]:
        own.refuse("attention_bias", "false, with is_llama_config")
    return {
        "model_type": "qwen2" if biased else "llama",
        **sizes,
        "num_key_value_heads": own.whole("num_key_value_heads", sizes["num_attention_heads"]),
        "vocab_size": multiple * -(-vocab // multiple),
        "tie_word_embeddings": own.flag("tie_word_embeddings", False),
    }


OLMO = frozenset({"d_model", "n_heads", "n_layers"})
WIDTHS = frozenset({"mlp_ratio", "mlp_hidden_size"})
PROGRAMS = (
    Program("OLMo's training config", olmo, OLMO, any_of=(WIDTHS,), under="model", strict=False),
    Program("a config of OLMo 1", olmo, OLMO, any_of=(WIDTHS,), types=frozenset({"hf_olmo", "olmo"}), strict=False),
    Program("llm-foundry's training config", llm_foundry, OLMO | {"name"}, WIDTHS, under="model", strict=False),
    Program("nanotron's training config", nanotron, frozenset({"model_config"}), under="model", strict=False),
)
