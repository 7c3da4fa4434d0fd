"""Training configs of GPT-NeoX and Megatron-LM, which describe a decoder by switches."""

from __future__ import annotations

from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program

VOCAB = "vocab_size"
ATTENTIONS = frozenset(
    {"all", "flash", "global", "local", "sparse_fixed", "sparse_variable", "bigbird", "bslongformer"}
)
# Both give the same multiples of 128, 256, 512 and 1024, so released models cannot tell them apart.
TOKENIZERS = {"GPT2BPETokenizer": 50257, "HFGPT2Tokenizer": 50257, "HFTokenizer": 50277}


def gpt_neox(keys: Keys) -> dict[str, Any]:
    """Black et al. 2022: GPT-NeoX with rotary positions, GPT-2 with learned ones, Llama by its switches."""
    d_model = keys.whole("hidden_size")
    gated = keys.only("activation", "gelu", "relu", "silu", "swiglu", default="gelu") == "swiglu"
    vocab = keys.whole(VOCAB) if gated else _vocabulary(keys)
    shared = {
        VOCAB: _padded(keys, vocab, keys.whole("model_parallel_size", 1)),
        "hidden_size": d_model,
        "num_hidden_layers": keys.whole("num_layers"),
        "num_attention_heads": keys.whole("num_attention_heads"),
        "tie_word_embeddings": not keys.flag("no_weight_tying", False),
    }
    positions = keys.only("pos_emb", "rotary", "none", "alibi", "learned", default="learned")
    norm = keys.only("norm", "layernorm", "rmsnorm", "te_layernorm", "te_rmsnorm", default="layernorm")
    for key in ("gpt_j_tied", "use_qk_layernorm", "attn_logit_soft_cap", "use_shared_embedding"):
        keys.only(key, False)
    keys.only("moe_num_experts", 1)
    keys.only("mlp_type", "regular")
    keys.only("expansion_factor")
    _attends(keys)
    biases = [keys.flag(key, True) for key in ("use_bias_in_norms", "use_bias_in_attn_linear", "use_bias_in_mlp")]
    if gated and "rmsnorm" in norm and positions != "learned":
        return {"model_type": "llama", **shared, **_narrowed(keys, d_model)}
    _plain(keys, gated, "rmsnorm" in norm, all(biases))
    keys.only("num_kv_heads", keys.whole("num_attention_heads"))
    return _with_biases(keys, shared, keys.whole("intermediate_size", 4 * d_model), positions == "learned")


def _attends(keys: Keys) -> None:
    """Raise ConfigError if a layer mixes tokens by anything other than attention."""
    left = [keys.get("attention_config", [])]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += one
        elif isinstance(one, str) and one not in ATTENTIONS:
            keys.refuse("attention_config", f"layers of {', '.join(sorted(ATTENTIONS - {'all'}))}")


def _narrowed(keys: Keys, d_model: int) -> dict[str, Any]:
    """Llama's layer: gate and up share two thirds of intermediate_size, truncated, then padded to a multiple."""
    for key in ("use_bias_in_attn_linear", "use_bias_in_mlp"):
        if keys.get(key) is not False:
            keys.refuse(key, f"false, with swiglu and rmsnorm: --set {key}=false")
    both = int(keys.whole("intermediate_size", 4 * d_model) * 2 / 3)
    multiple = keys.whole("mlp_multiple_of", 1)
    width = multiple * -(-(both // 2) // multiple)
    if 2 * multiple * -(-both // (2 * multiple)) != 2 * width:
        keys.refuse("intermediate_size", "one whose two thirds split evenly into gate and up")
    return {
        "intermediate_size": width,
        "num_key_value_heads": keys.whole("num_kv_heads", keys.whole("num_attention_heads")),
    }


def megatron(keys: Keys) -> dict[str, Any]:
    """Shoeybi et al. 2019, by Megatron-LM's switches: GPT-2, GPT-NeoX, or Llama and its relatives."""
    d_model, n_heads = keys.whole("hidden_size"), keys.whole("num_attention_heads")
    gated, rms = keys.flag("swiglu", False), keys.only("normalization", "LayerNorm", "RMSNorm", default="LayerNorm")
    biased = keys.flag("add_bias_linear", True) and not keys.flag("disable_bias_linear", False)
    positions = keys.only("position_embedding_type", "learned_absolute", "rope", "none", default="learned_absolute")
    if keys.flag("use_rotary_position_embeddings", False):
        positions = "rope"
    for key in ("num_experts", "multi_latent_attention", "mtp_num_layers", *(("qk_layernorm",) if biased else ())):
        if keys.get(key):
            keys.refuse(key, "a model without it; such models are not supported here")
    padded = keys.whole("padded_vocab_size", 0, least=0)
    vocab = padded or _padded(keys, keys.whole(VOCAB), keys.whole("tensor_model_parallel_size", 1))
    shared = {
        VOCAB: vocab,
        "hidden_size": d_model,
        "num_hidden_layers": keys.whole("num_layers"),
        "num_attention_heads": n_heads,
        "tie_word_embeddings": not keys.flag("untie_embeddings_and_output_weights", False),
    }
    grouped = keys.flag("group_query_attention", False)
    n_kv_heads = keys.whole("num_query_groups", n_heads) if grouped else n_heads
    if gated and rms == "RMSNorm" and not biased and positions != "learned_absolute":
        return {**shared, **_llama(keys, d_model, n_heads), "num_key_value_heads": n_kv_heads}
    _plain(keys, gated, rms == "RMSNorm", biased)
    if n_kv_heads != n_heads or keys.whole("kv_channels", d_model // n_heads) * n_heads != d_model:
        keys.refuse("num_query_groups" if grouped else "kv_channels", "one per head, each hidden_size / heads wide")
    return _with_biases(keys, shared, keys.whole("ffn_hidden_size", 4 * d_model), positions == "learned_absolute")


def _llama(keys: Keys, d_model: int, n_heads: int) -> dict[str, Any]:
    """Llama, or Qwen2 or Qwen3 by their extra switches."""
    biased, normed = keys.flag("add_qkv_bias", False), keys.flag("qk_layernorm", False)
    if biased and normed:
        keys.refuse("add_qkv_bias", "false, with qk_layernorm")
    width = keys.whole("ffn_hidden_size", int(4 * d_model * 2 / 3 / 64) * 64)
    d_head = keys.whole("kv_channels", d_model // n_heads)
    if biased and d_head * n_heads != d_model:
        keys.refuse("kv_channels", "hidden_size / num_attention_heads, with add_qkv_bias")
    head = {} if biased else {"head_dim": d_head}
    return {"model_type": "qwen2" if biased else "qwen3" if normed else "llama", "intermediate_size": width, **head}


def _plain(keys: Keys, gated: bool, rms: bool, biased: bool) -> None:
    """Raise ConfigError if a model is neither GPT's nor Llama's."""
    if gated or rms or not biased:
        said = f"{'gated' if gated else 'plain'} feed-forward, {'RMSNorm' if rms else 'LayerNorm'}, "
        said += "biases" if biased else "no biases"
        raise keys.error(f"{said}: unsupported; valid: plain with LayerNorm and biases, or gated with RMSNorm and none")


def _with_biases(keys: Keys, shared: dict[str, Any], width: int, learned: bool) -> dict[str, Any]:
    if not learned:
        return {"model_type": "gpt_neox", **shared, "intermediate_size": width}
    own = {"model_type": "gpt2", "n_positions": keys.whole("max_position_embeddings"), "n_inner": width}
    names = {"hidden_size": "n_embd", "num_hidden_layers": "n_layer", "num_attention_heads": "n_head"}
    return {**{names.get(key, key): value for key, value in shared.items()}, **own}


def _vocabulary(keys: Keys) -> int:
    """The vocabulary size in the file, or the usual one of its kind of tokeniser, with a note."""
    if keys.get(VOCAB) is not None:
        return keys.whole(VOCAB)
    tokenizer = keys.get("tokenizer_type", "GPT2BPETokenizer")
    if tokenizer not in TOKENIZERS:
        keys.refuse("tokenizer_type", "a tokeniser of known size, or --set vocab_size=…")
    whose = "GPT-NeoX-20B's" if tokenizer == "HFTokenizer" else "GPT-2's"
    size = f"{TOKENIZERS[tokenizer]:,}, the size of {whose} tokeniser"
    keys.notes.append(f"vocab_size is not in the file, so it is taken as {size}; --set vocab_size=… changes it.")
    return TOKENIZERS[tokenizer]


def _padded(keys: Keys, vocab: int, ranks: int) -> int:
    """The vocabulary padded to a multiple of make_vocab_size_divisible_by times the tensor-parallel ranks."""
    multiple = keys.whole("make_vocab_size_divisible_by", 128) * ranks
    padded = multiple * -(-vocab // multiple)
    if padded != vocab:
        keys.notes.append(f"The vocabulary of {vocab:,} is padded to {padded:,}, a multiple of {multiple}.")
    return padded


NEEDED = frozenset({"num_layers", "hidden_size", "num_attention_heads"})
NEOX = frozenset(
    {"pos_emb", "no_weight_tying", "gpt_j_residual", "model_parallel_size", "pipe_parallel_size", "rotary_pct", "norm"}
    | {"output_layer_parallelism", "train_micro_batch_size_per_gpu"}
)
MEGATRON = frozenset(
    {"padded_vocab_size", "tensor_model_parallel_size", "pipeline_model_parallel_size", "swiglu", "normalization"}
    | {"position_embedding_type", "untie_embeddings_and_output_weights", "add_bias_linear", "disable_bias_linear"}
    | {"ffn_hidden_size", "kv_channels", "micro_batch_size", "num_query_groups"}
)
HF = frozenset({"num_hidden_layers"})
PROGRAMS = (
    Program("GPT-NeoX's training config", gpt_neox, NEEDED, HF | MEGATRON - {"ffn_hidden_size"}, (NEOX,), strict=False),
    Program("Megatron-LM's arguments", megatron, NEEDED, HF | NEOX, (MEGATRON,), strict=False),
)
