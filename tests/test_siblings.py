"""Random variants of other programs' files: each program builds transformers' class of the same sizes from them.

Both sides are written here by hand: the file in its program's keys, and the class in transformers'.
"""

import random

import pytest

from paramcount import load

SEEDS = range(5)


def sizes(seed):
    r = random.Random(seed)
    heads, d_head = r.choice([2, 4, 6]), 2 * r.randint(2, 6)
    kv = r.choice([one for one in (1, 2, heads) if heads % one == 0])
    found = {"d": heads * d_head, "h": heads, "kv": kv, "L": r.randint(1, 4), "ff": 2 * r.randint(4, 40)}
    return r, {**found, "V": 8 * r.randint(5, 30)}


def llama(s, **more):
    keys = {"hidden_size": s["d"], "intermediate_size": s["ff"], "num_hidden_layers": s["L"]}
    keys |= {"num_attention_heads": s["h"], "num_key_value_heads": s["kv"], "vocab_size": s["V"]}
    return {**keys, "tie_word_embeddings": False, **more}


def metas(r, s):
    multiple, factor = r.choice([8, 16]), r.choice([None, 1.3])
    width = int(2 * 4 * s["d"] / 3)
    width = int(factor * width) if factor else width
    width = multiple * -(-width // multiple)
    document = {"dim": s["d"], "n_layers": s["L"], "n_heads": s["h"], "n_kv_heads": s["kv"], "vocab_size": s["V"]}
    document |= {"multiple_of": multiple, "norm_eps": 1e-5} | ({"ffn_dim_multiplier": factor} if factor else {})
    return document, "llama", llama(s, intermediate_size=width)


def mistrals(r, s):
    d_head = 2 * r.randint(2, 9)
    document = {"dim": s["d"], "n_layers": s["L"], "head_dim": d_head, "hidden_dim": s["ff"], "n_heads": s["h"]}
    document |= {"n_kv_heads": s["kv"], "norm_eps": 1e-5, "vocab_size": s["V"], "sliding_window": 64}
    return document, "mistral", llama(s, head_dim=d_head)


def mixtrals(r, s):
    document, _, keys = mistrals(r, s)
    experts = r.randint(2, 5)
    document["moe"] = {"num_experts": experts, "num_experts_per_tok": 2}
    return document, "mixtral", {**keys, "num_local_experts": experts}


def deepseeks(r, s):
    dense, experts, rank = r.randint(0, s["L"]), r.randint(2, 5), r.choice([0, 6])
    shared, d_expert = r.randint(1, 2), r.randint(2, 9)
    document = {"vocab_size": s["V"], "dim": s["d"], "inter_dim": s["ff"], "moe_inter_dim": d_expert}
    document |= {"n_layers": s["L"], "n_dense_layers": dense, "n_heads": s["h"], "n_routed_experts": experts}
    document |= {"n_shared_experts": shared, "n_activated_experts": 2, "q_lora_rank": rank, "kv_lora_rank": 5}
    document |= {"qk_nope_head_dim": 4, "qk_rope_head_dim": 2, "v_head_dim": 3, "score_func": "sigmoid"}
    keys = {"q_lora_rank": rank or None, "kv_lora_rank": 5, "qk_nope_head_dim": 4, "qk_rope_head_dim": 2}
    keys |= {"v_head_dim": 3, "n_routed_experts": experts, "n_shared_experts": shared, "num_experts_per_tok": 2}
    keys |= {"first_k_dense_replace": dense, "moe_intermediate_size": d_expert, "n_group": 1, "topk_group": 1}
    return document, "deepseek_v3", llama(s, num_key_value_heads=s["h"], **keys)


def gpt2(s, **more):
    return {"n_embd": s["d"], "n_head": s["h"], "n_layer": s["L"], "vocab_size": s["V"], "n_positions": 32, **more}


def hparams(r, s):
    document = {"n_vocab": s["V"], "n_ctx": 32, "n_embd": s["d"], "n_head": s["h"], "n_layer": s["L"]}
    return document, "gpt2", gpt2(s)


def older_gpt2s(r, s):
    document = {**gpt2(s), "n_ctx": 32, "summary_type": "cls_index", "num_labels": 1, "pruned_heads": {}}
    return document, "gpt2", gpt2(s)


def nanogpts(r, s):
    document = {"n_layer": s["L"], "n_head": s["h"], "n_embd": s["d"], "block_size": 32, "bias": True}
    return {**document, "vocab_size": s["V"], "dropout": 0.0}, "gpt2", gpt2(s)


def berts(r, s):
    document = {"hidden_size": s["d"], "num_hidden_layers": s["L"], "num_attention_heads": s["h"], "hidden_act": "gelu"}
    document |= {"intermediate_size": s["ff"], "max_position_embeddings": 32, "type_vocab_size": 2}
    document |= {"vocab_size": s["V"], "pooler_fc_size": 768, "pooler_type": "first_token_transform"}
    keys = {key: document[key] for key in document if not key.startswith("pooler")}
    return document, "bert base", keys


def gptjs(r, s):
    document = {"layers": s["L"], "d_model": s["d"], "n_heads": s["h"], "n_vocab": s["V"], "norm": "layernorm"}
    document |= {"pe": "rotary", "pe_rotary_dims": 2, "seq": 32, "cores_per_replica": 1}
    return document, "gptj", gpt2(s, rotary_dim=2)


def simumaxes(r, s):
    document = {"hidden_size": s["d"], "head_num": s["h"], "kv_head_num": s["kv"], "head_size": s["d"] // s["h"]}
    document |= {"intermediate_size": s["ff"], "layer_num": s["L"], "vocab_size": s["V"], "use_swiglu": True}
    return {**document, "model_name": "llama2-7b"}, "llama", llama(s)


def foundrys(r, s):
    model = {"name": "mpt_causal_lm", "d_model": s["d"], "n_heads": s["h"], "n_layers": s["L"], "vocab_size": s["V"]}
    model |= {"no_bias": True, "expansion_ratio": 4, "max_seq_len": 32, "attn_config": {"alibi": True}}
    keys = {"d_model": s["d"], "n_heads": s["h"], "n_layers": s["L"], "vocab_size": s["V"]}
    return {"model": model}, "mpt", keys


def nanotrons(r, s):
    tied = r.random() < 0.5
    inner = {**llama(s), "is_llama_config": True, "tie_word_embeddings": tied}
    return {"model": {"model_config": inner}}, "llama", llama(s, tie_word_embeddings=tied)


def linguas(r, s):
    width = 8 * -(-int(2 * 4 * s["d"] / 3) // 8)
    model = {"dim": s["d"], "n_layers": s["L"], "n_heads": s["h"], "n_kv_heads": s["kv"], "vocab_size": s["V"]}
    return {"model": {**model, "multiple_of": 8}}, "llama", llama(s, intermediate_size=width)


def neoxes(r, s):
    document = {"num_layers": s["L"], "hidden_size": s["d"], "num_attention_heads": s["h"], "pos_emb": "rotary"}
    document |= {"no_weight_tying": True, "vocab_size": s["V"], "make_vocab_size_divisible_by": 1}
    document |= {"model_parallel_size": 1, "tokenizer_type": "HFTokenizer", "max_position_embeddings": 32}
    return document, "gpt_neox", llama(s, intermediate_size=4 * s["d"])


def uer_t5s(r, s):
    document = {"emb_size": s["d"], "feedforward_size": s["ff"], "hidden_size": s["d"], "hidden_act": "relu"}
    document |= {"heads_num": s["h"], "attention_head_size": 7, "layers_num": s["L"], "decoder_layers_num": s["L"]}
    document |= {"data_processor": "t5", "embedding": ["word"], "tgt_embedding": ["word"], "encoder": "transformer"}
    document |= {"decoder": "transformer", "relative_position_embedding": True, "remove_embedding_layernorm": True}
    document |= {"share_embedding": True, "mask": "fully_visible", "layernorm_positioning": "pre", "layernorm": "t5"}
    document |= {"remove_attention_scale": True, "remove_transformer_bias": True, "target": ["lm"], "tie_weights": True}
    keys = {"d_model": s["d"], "d_kv": 7, "d_ff": s["ff"], "num_layers": s["L"], "num_heads": s["h"]}
    return {**document, "vocab_size": s["V"]}, "t5", {**keys, "vocab_size": s["V"]}


KINDS = [metas, mistrals, mixtrals, deepseeks, hparams, older_gpt2s, nanogpts, berts, gptjs, simumaxes, foundrys]
KINDS += [nanotrons, linguas, neoxes, uer_t5s]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_sibling_is_transformers_class_of_its_sizes(kind, seed):
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    document, named, keys = kind(*sizes(seed))
    model_type, _, base = named.partition(" ")
    auto = {"t5": transformers.AutoModelForSeq2SeqLM}.get(model_type, transformers.AutoModelForCausalLM)
    auto = transformers.AutoModel if base else auto
    with torch.device("meta"):
        model = auto.from_config(transformers.AutoConfig.for_model(model_type, **keys))
    expected = sum(weight.numel() for weight in model.parameters())
    assert load(document).total() == expected
