"""Model configs of UER and TencentPretrain."""

from __future__ import annotations

from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program, renamed

T5 = {
    "hidden_size": "d_model",
    "attention_head_size": "d_kv",
    "feedforward_size": "d_ff",
    "heads_num": "num_heads",
    "layers_num": "num_layers",
    "decoder_layers_num": "num_decoder_layers",
}
GPT2 = {"hidden_size": "n_embd", "feedforward_size": "n_inner", "heads_num": "n_head", "layers_num": "n_layer"}

AS_T5 = ("relative_position_embedding", "remove_transformer_bias", "remove_embedding_layernorm", "share_embedding")
LAYER = {
    "hidden_size": "hidden_size",
    "feedforward_size": "intermediate_size",
    "heads_num": "num_attention_heads",
    "layers_num": "num_hidden_layers",
}
NOT_GPT2 = ("remove_transformer_bias", "has_lmtarget_bias", "relative_position_embedding", "rotary_position_embedding")


def uer(keys: Keys) -> dict[str, Any]:
    """T5 if there is a decoder, GPT-2 or Llama if the mask is causal, else BERT.

    The vocabulary is in a separate file.
    """
    keys.only("encoder", "transformer")
    keys.only("emb_size", keys.whole("hidden_size"))
    vocab = keys.whole("vocab_size")
    decoder = _llama if keys.get("layernorm") == "rms" else _gpt2
    made = _t5(keys) if keys.get("decoder") is not None else (decoder if keys.get("mask") == "causal" else _bert)(keys)
    if keys.get("model_type", made["model_type"]) != made["model_type"]:
        keys.refuse("model_type", made["model_type"])
    return {**made, "vocab_size": vocab}


def _t5(keys: Keys) -> dict[str, Any]:
    for key, value in {"decoder": "transformer", "layernorm": "t5", "layernorm_positioning": "pre"}.items():
        keys.only(key, value)
    switches = (
        "relative_position_embedding",
        "remove_transformer_bias",
        "remove_embedding_layernorm",
        "share_embedding",
    )
    for key in switches:
        if keys.flag(key, False) is False:
            keys.refuse(key, "true, as T5 has it")
    for key in ("embedding", "tgt_embedding"):
        keys.only(key, ["word"])
    keys.only("target", ["lm"])
    keys.whole("attention_head_size", keys.whole("hidden_size") // keys.whole("heads_num"))
    for key in T5:
        if key != "attention_head_size":
            keys.whole(key)
    gate = "gated-" if keys.only("feed_forward", "dense", "gated", default="dense") == "gated" else ""
    return {
        "model_type": "t5",
        "d_kv": keys.whole("hidden_size") // keys.whole("heads_num"),
        **renamed(keys, T5),
        "feed_forward_proj": f"{gate}{keys.only('hidden_act', 'relu', 'gelu', 'gelu_fast', default='gelu')}",
        "tie_word_embeddings": keys.flag("tie_weights", False),
    }


def _gpt2(keys: Keys) -> dict[str, Any]:
    keys.only("embedding", ["word", "pos"])
    keys.only("target", ["lm"])
    keys.only("layernorm_positioning", "pre")
    keys.only("remove_embedding_layernorm", True)
    for key in (
        "remove_transformer_bias",
        "has_lmtarget_bias",
        "relative_position_embedding",
        "rotary_position_embedding",
    ):
        keys.only(key, False)
    for key in GPT2:
        keys.whole(key)
    return {
        "model_type": "gpt2",
        **renamed(keys, GPT2),
        "n_positions": keys.whole("max_seq_length"),
        "tie_word_embeddings": keys.flag("tie_weights", False),
    }


def _llama(keys: Keys) -> dict[str, Any]:
    """Llama, with a separate head unless tied."""
    keys.only("embedding", ["word"])
    keys.only("target", ["lm"])
    keys.only("feed_forward", "gated")
    keys.only("layernorm_positioning", "pre")
    for key in ("remove_transformer_bias", "remove_embedding_layernorm", "rotary_position_embedding"):
        if keys.flag(key, False) is False:
            keys.refuse(key, "true, with layernorm = rms")
    keys.only("has_lmtarget_bias", False)
    for key in LAYER:
        keys.whole(key)
    return {
        "model_type": "llama",
        **renamed(keys, LAYER),
        "num_key_value_heads": keys.whole("local_kv_heads_num", keys.whole("heads_num")),
        "tie_word_embeddings": keys.flag("tie_weights", False),
    }


def _bert(keys: Keys) -> dict[str, Any]:
    """BERT with both of its heads. UER has a third segment type, for padding."""
    keys.only("mask", "fully_visible")
    keys.only("embedding", ["word", "pos", "seg"])
    if keys.get("target") != ["mlm", "sp"] or keys.get("tie_weights") is not True:
        keys.refuse("target", "['mlm', 'sp'] with tie_weights = true")
    keys.only("layernorm_positioning", "post")
    for key in ("remove_embedding_layernorm", *NOT_GPT2):
        keys.only(key, False)
    for key in LAYER:
        keys.whole(key)
    keys.notes.append("UER has three segment types, one of them for padding; BERT has two, so one row less.")
    return {
        "model_type": "bert",
        "architectures": ["BertForPreTraining"],
        **renamed(keys, LAYER),
        "max_position_embeddings": keys.whole("max_seq_length", 512),
        "type_vocab_size": 3,
    }


PROGRAMS = (
    Program(
        "UER's model config",
        uer,
        frozenset({"emb_size", "feedforward_size", "heads_num", "layers_num"}),
        may_be=frozenset({"t5", "gpt2", "llama", "bert"}),
        passed=frozenset({"remove_attention_scale", "data_processor", "mask"}),
    ),
)
