"""What a random config needs beyond what makes it countable, so that transformers' class can run it."""


def runnable(document):
    """*document* plus what its type's class needs for a forward pass."""
    change = CHANGES.get(document["model_type"])
    return document if change is None else {**document, **change(document)}


def _sections(document):
    d_head = document.get("head_dim") or document["hidden_size"] // document["num_attention_heads"]
    half = d_head // 2
    return {
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 10000.0,
            "mrope_section": [half - 2 * (half // 3), half // 3, half // 3],
        }
    }


def _glm_sections(document):
    return {
        "rope_parameters": {**_sections(document)["rope_parameters"], "partial_rotary_factor": 1.0},
    }


def _whole_heads(document):
    return {"head_dim": document["hidden_size"] // document["num_attention_heads"]}


def _gptj(document):
    return {"n_positions": 64, "rotary_dim": 2}


def _codegen(document):
    return {"n_positions": 64, "rotary_dim": 2, "n_head": 4, "n_embd": 8 * max(1, document["n_embd"] // 8)}


def _dbrx(document):
    own = {**document.get("attn_config", {}), "clip_qkv": 8}
    return {"attn_config": own}


def _rotated(document):
    return {"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 1.0}}


def _even(document):
    keys = ("qk_rope_head_dim", "qk_nope_head_dim", "v_head_dim", "kv_lora_rank")
    return {key: 2 * max(1, document[key] // 2) for key in keys if key in document}


def _default_language(document):
    languages = document.get("languages") or ["en_XX"]
    return {"languages": languages, "default_language": languages[0]}


def _places(document):
    """LiLT's layout has six coordinates per token and as many heads as the text."""
    return {"hidden_size": 24, "num_attention_heads": 4, "channel_shrink_ratio": 2, "max_2d_position_embeddings": 64}


def _several_heads(document):
    """torch's counter doesn't count an einsum over an axis of size one as a product."""
    return {"n_head": 2, "d_model": 2 * document["d_model"] + 2, "d_head": None}


CHANGES = {
    **dict.fromkeys(("qwen2_vl_text", "qwen2_5_vl_text", "qwen2_5_omni_text"), _sections),
    **dict.fromkeys(("glm4v_text", "glm4v_moe_text", "glm_ocr_text"), _glm_sections),
    "helium": _whole_heads,
    "paddleocr_vl_text": lambda document: {
        **_sections({**document, **_whole_heads(document)}),
        **_whole_heads(document),
    },
    "gptj": _gptj,
    "codegen": _codegen,
    "dbrx": _dbrx,
    **dict.fromkeys(("phi", "persimmon", "stablelm"), _rotated),
    "phimoe": lambda document: {"num_experts_per_tok": 2},
    **dict.fromkeys(("deepseek_v2", "glm4_moe_lite"), _even),
    "xmod": _default_language,
    "tapas": lambda document: {"type_vocab_sizes": [3, 256, 256, 2, 256, 256, 10], "is_decoder": False},
    "lilt": _places,
    "xlnet": _several_heads,
    **dict.fromkeys(("convbert", "esm"), lambda document: {"is_decoder": False, "add_cross_attention": False}),
    "yoso": lambda document: {"use_expectation": True, "add_cross_attention": False},
}
