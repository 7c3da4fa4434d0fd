"""GPT's kin: feed-forwards that are not given, kinds of attention, Falcon's heads and norms."""

from hypothesis import strategies as st

from models.variations import Document, Draw


def other_spellings(draw: Draw, document: Document) -> None:
    """n_embd as hidden_size and the like, in some configs."""
    others = {"n_embd": "hidden_size", "n_layer": "num_hidden_layers", "n_head": "num_attention_heads"}
    for own, other in others.items():
        if own in document and draw(st.booleans()):
            document[other] = document.pop(own)


def n_inner(draw: Draw, document: Document) -> None:
    """d_ff given, null or absent; and labels, of which a classifier has two unless told."""
    other_spellings(draw, document)
    if draw(st.booleans()):
        document["num_labels"] = draw(st.integers(1, 5))
    given = draw(st.sampled_from(("given", "null", "absent")))
    if given == "null":
        document["n_inner"] = None
    elif given == "absent":
        document.pop("n_inner", None)


def gpt_bigcode(draw: Draw, document: Document) -> None:
    n_inner(draw, document)
    if document.get("add_cross_attention"):
        document["multi_query"] = False


def gpt_neo(draw: Draw, document: Document) -> None:
    kinds = draw(st.sampled_from((["global"], ["local"], ["global", "local"], ["local", "local", "global"])))
    times = draw(st.integers(1, 3))
    document |= {"attention_types": [[kinds, times], [["local"], 1]], "num_layers": len(kinds) * times + 1}
    if draw(st.booleans()):
        document["intermediate_size"] = None


def gpt_neox_japanese(draw: Draw, document: Document) -> None:
    document["intermediate_multiple_size"] = draw(st.integers(1, 5))


def bloom(draw: Draw, document: Document) -> None:
    other_spellings(draw, document)
    if draw(st.booleans()):
        document["n_embed"] = document.pop("hidden_size")


def falcon(draw: Draw, document: Document) -> None:
    document["num_ln_in_parallel_attn"] = draw(st.sampled_from((None, 1, 2)))
    for key in ("ffn_hidden_size", "num_kv_heads"):
        if draw(st.booleans()):
            document[key] = None
    if draw(st.booleans()):
        document["n_embed"] = document.pop("hidden_size")


def mpt(draw: Draw, document: Document) -> None:
    document["expansion_ratio"] = draw(st.integers(1, 5))
    document["attn_config"] = {"qk_ln": draw(st.booleans()), "alibi": draw(st.booleans())}


def opt(draw: Draw, document: Document) -> None:
    document["word_embed_proj_dim"] = draw(st.sampled_from((None, 6, document["hidden_size"])))
    document["_remove_final_layer_norm"] = draw(st.booleans())


def trocr(draw: Draw, document: Document) -> None:
    n_heads = draw(st.integers(1, 4))
    width = {"decoder_attention_heads": n_heads, "d_model": n_heads * draw(st.integers(1, 5))}
    document |= width | {"cross_attention_hidden_size": draw(st.sampled_from((None, 7)))}


def dbrx(draw: Draw, document: Document) -> None:
    document["tie_word_embeddings"] = False
    document["attn_config"] = {"rope_theta": 10000.0, "kv_n_heads": draw(st.integers(1, 3))}
    n_experts = draw(st.integers(2, 6))
    ffn = {"moe_num_experts": n_experts, "moe_top_k": draw(st.integers(1, n_experts))}
    document["ffn_config"] = ffn | {"ffn_hidden_size": draw(st.integers(1, 20)), "hidden_size": 9}


def cpmant(draw: Draw, document: Document) -> None:
    for key in ("prompt_types", "prompt_length", "segment_types", "position_bias_num_buckets"):
        document[key] = draw(st.integers(1, 9))


def xlm(draw: Draw, document: Document) -> None:
    document |= {"asm": False, "is_encoder": True, "n_langs": draw(st.integers(1, 3))}
    if draw(st.booleans()):
        document["id2label"] = {str(label): f"label {label}" for label in range(draw(st.integers(1, 5)))}


def reformer(draw: Draw, document: Document) -> None:
    dims = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    shape = draw(st.lists(st.integers(1, 6), min_size=len(dims), max_size=len(dims)))
    document |= {"axial_pos_embds_dim": dims, "axial_pos_shape": shape, "hidden_size": sum(dims)}
    document["attn_layers"] = draw(st.lists(st.sampled_from(("local", "lsh")), min_size=1, max_size=4))
    document["attention_head_size"] = draw(st.integers(1, 6))
    document["is_decoder"] = document["architectures"] != ["ReformerForMaskedLM"]


def blt(draw: Draw, document: Document) -> None:
    document["tie_word_embeddings"] = False
    document["encoder_hash_byte_group_size"] = draw(st.sampled_from((None, [], [3], [3, 4, 5])))
    for key in ("cross_attn_k", "encoder_hash_byte_group_vocab", "encoder_hash_byte_group_nb_functions"):
        document[key] = draw(st.integers(1, 4))
    for key in ("encoder_config", "decoder_config", "global_config", "patcher_config"):
        document[key] = _inner(draw, key)


def _inner(draw: Draw, key: str) -> Document:
    n_kv_heads, n_layers = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    n_heads = n_kv_heads * draw(st.integers(1, 2))
    inner = {"num_attention_heads": n_heads, "num_hidden_layers": n_layers, "vocab_size": draw(st.integers(8, 20))}
    inner |= {"hidden_size": n_heads * draw(st.sampled_from((2, 4))), "num_key_value_heads": n_kv_heads}
    inner["intermediate_size"] = draw(st.integers(1, 20))
    if draw(st.booleans()):
        inner["num_key_value_heads"] = None
    if draw(st.booleans()):
        inner["intermediate_size"] = None if key == "encoder_config" else 0
    if key in ("encoder_config", "decoder_config"):
        inner |= {"cross_attn_all_layers": draw(st.booleans()), "cross_attn_k": draw(st.integers(1, 3))}
        inner["hidden_size_global"] = draw(st.integers(1, 9))
    return inner


VARY = {
    "gpt2": n_inner,
    "openai-gpt": other_spellings,
    "gpt_bigcode": gpt_bigcode,
    "gpt_neo": gpt_neo,
    "gptj": n_inner,
    "codegen": n_inner,
    "ctrl": other_spellings,
    "gpt_neox_japanese": gpt_neox_japanese,
    "bloom": bloom,
    "falcon": falcon,
    "mpt": mpt,
    "opt": opt,
    "trocr": trocr,
    "dbrx": dbrx,
    "cpmant": cpmant,
    "xlm": xlm,
    "flaubert": xlm,
    "reformer": reformer,
    "blt": blt,
}
# Defaults from which transformers builds no class: DBRX's lack rope_theta, the Reformer's are no language model's.
DEFAULTS = {"dbrx": {"attn_config": {"rope_theta": 10000.0}}, "reformer": {"is_decoder": True}}
