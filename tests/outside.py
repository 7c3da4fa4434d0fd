"""transformers' models of the families: how each is built from our sizes, and its names for our tensors.

A map's matrix is (outputs, inputs) there and (inputs, outputs) here.
"""

import transformers

ROPE = {"rope_type": "default", "rope_theta": 10_000.0}
NO_TOKENS = {"pad_token_id": None, "bos_token_id": None, "eos_token_id": None}  # a padding row has no gradient


def their_llama(s, model="Llama", **more):
    names = {"hidden_size": "d_model", "num_hidden_layers": "n_layers", "num_attention_heads": "n_heads"}
    names |= {"num_key_value_heads": "n_kv_heads", "head_dim": "d_head", "intermediate_size": "d_ff"}
    more = {"rms_norm_eps": 1e-6, "rope_parameters": ROPE, "vocab_size": s["n_vocab"], **NO_TOKENS, **more}
    config = getattr(transformers, f"{model}Config")(
        **{theirs: s[ours] for theirs, ours in names.items()}, tie_word_embeddings=s["tied"], **more
    )
    return getattr(transformers, f"{model}ForCausalLM")(config)


def their_mistral(s, window=None):
    return their_llama(s, "Mistral", sliding_window=window)


def their_mixtral(s):
    more = {"num_local_experts": s["n_experts"], "num_experts_per_tok": s["n_active_experts"]}
    return their_llama(s, "Mixtral", sliding_window=None, experts_implementation="eager", **more)


def their_gpt_neox(s):
    return transformers.GPTNeoXForCausalLM(
        transformers.GPTNeoXConfig(
            num_hidden_layers=s["n_layers"],
            hidden_size=s["d_model"],
            num_attention_heads=s["n_heads"],
            intermediate_size=s["d_ff"],
            vocab_size=s["n_vocab"],
            tie_word_embeddings=s["tied"],
            use_parallel_residual=True,
            attention_bias=True,
            **NO_TOKENS,
        )
    )


def their_bloom(s):
    """Its feed-forward is 4·d_model wide."""
    sizes = {"n_layer": s["n_layers"], "hidden_size": s["d_model"], "n_head": s["n_heads"], "vocab_size": s["n_vocab"]}
    return transformers.BloomForCausalLM(transformers.BloomConfig(**sizes, tie_word_embeddings=s["tied"], **NO_TOKENS))


def _encoder(s, model, **more):
    config = getattr(transformers, f"{model}Config")(
        num_hidden_layers=s["n_layers"],
        hidden_size=s["d_model"],
        num_attention_heads=s["n_heads"],
        intermediate_size=s["d_ff"],
        vocab_size=s["n_vocab"],
        type_vocab_size=s["n_segments"],
        **more,
    )
    return getattr(transformers, f"{model}Model")(config, add_pooling_layer=s["pooler"])


def their_bert(s):
    return _encoder(s, "Bert", max_position_embeddings=s["n_ctx"], pad_token_id=None)


def their_roberta(s):
    """Padding is token 1 and positions count from there; the released models' epsilon is 1e-5."""
    return _encoder(s, "Roberta", max_position_embeddings=s["n_ctx"] + 2, pad_token_id=1, layer_norm_eps=1e-5)


def their_opt_projected(s):
    return transformers.OPTForCausalLM(
        transformers.OPTConfig(
            num_hidden_layers=s["n_layers"],
            hidden_size=s["d_model"],
            word_embed_proj_dim=s["d_embed"],
            num_attention_heads=s["n_heads"],
            ffn_dim=s["d_ff"],
            vocab_size=s["n_vocab"],
            max_position_embeddings=s["n_ctx"],
            do_layer_norm_before=False,
            tie_word_embeddings=s["tied"],
            **NO_TOKENS,
        )
    )


# --- their names for our tensors ---


def maps_of(tensors, theirs, ours, names):
    """Matrices, and biases if there are any; *names* are ours, with {} for W or b, and theirs."""
    for own, other in names.items():
        yield f"{ours}.{own.format('W')}", tensors[f"{theirs}.{other}.weight"].T
        if f"{theirs}.{other}.bias" in tensors:
            yield f"{ours}.{own.format('b')}", tensors[f"{theirs}.{other}.bias"]


def norm_of(tensors, theirs, ours):
    yield f"{ours}.gain", tensors[f"{theirs}.weight"]
    if f"{theirs}.bias" in tensors:
        yield f"{ours}.bias", tensors[f"{theirs}.bias"]


QKV = {f"attention.{{}}_{letter}": f"self_attn.{letter.lower()}_proj" for letter in "QKV"}
LLAMA_MAPS = {**QKV, "attention.{}_O": "self_attn.o_proj"}
GATED_MAPS = {f"feed_forward.{{}}_{name}": f"mlp.{name}_proj" for name in ("gate", "up", "down")}


def from_llama(tensors, s):
    yield "token_embedding.weight", tensors["model.embed_tokens.weight"]
    for i in range(s["n_layers"]):
        theirs, ours = f"model.layers.{i}", f"layers.{i}"
        yield from maps_of(tensors, theirs, ours, LLAMA_MAPS)
        if "n_experts" in s:
            yield from _experts(tensors, f"{theirs}.mlp", f"{ours}.experts")
        else:
            yield from maps_of(tensors, theirs, ours, GATED_MAPS)
        yield from norm_of(tensors, f"{theirs}.input_layernorm", f"{ours}.norm_1")
        yield from norm_of(tensors, f"{theirs}.post_attention_layernorm", f"{ours}.norm_2")
    yield from norm_of(tensors, "model.norm", "final_norm")
    if not s["tied"]:
        yield "output_head.weight", tensors["lm_head.weight"]


def _experts(tensors, theirs, ours):
    yield f"{ours}.W_router", tensors[f"{theirs}.gate.weight"].T
    gate, up = tensors[f"{theirs}.experts.gate_up_proj"].transpose(1, 2).chunk(2, dim=2)
    yield f"{ours}.W_gate", gate
    yield f"{ours}.W_up", up
    yield f"{ours}.W_down", tensors[f"{theirs}.experts.down_proj"].transpose(1, 2)


def _fused(tensors, theirs, ours, n_heads):
    """A single map produces query, key and value, head by head."""
    weight, bias = tensors[f"{theirs}.query_key_value.weight"], tensors[f"{theirs}.query_key_value.bias"]
    for place, letter in enumerate("QKV"):
        yield f"{ours}.attention.W_{letter}", weight.unflatten(0, (n_heads, 3, -1))[:, place].flatten(0, 1).T
        yield f"{ours}.attention.b_{letter}", bias.unflatten(0, (n_heads, 3, -1))[:, place].flatten()


MEGATRON_MAPS = {"feed_forward.{}_1": "mlp.dense_h_to_4h", "feed_forward.{}_2": "mlp.dense_4h_to_h"}


def _from_megatron(tensors, s, layers, attention):
    for i in range(s["n_layers"]):
        theirs, ours = f"{layers}.{i}", f"layers.{i}"
        yield from _fused(tensors, f"{theirs}.{attention}", ours, s["n_heads"])
        yield from maps_of(tensors, theirs, ours, {"attention.{}_O": f"{attention}.dense", **MEGATRON_MAPS})
        yield from norm_of(tensors, f"{theirs}.input_layernorm", f"{ours}.norm_1")
        yield from norm_of(tensors, f"{theirs}.post_attention_layernorm", f"{ours}.norm_2")


def from_gpt_neox(tensors, s):
    yield "token_embedding.weight", tensors["gpt_neox.embed_in.weight"]
    yield from _from_megatron(tensors, s, "gpt_neox.layers", "attention")
    yield from norm_of(tensors, "gpt_neox.final_layer_norm", "final_norm")
    if not s["tied"]:
        yield "output_head.weight", tensors["lm_head.weight" if "lm_head.weight" in tensors else "embed_out.weight"]


def from_bloom(tensors, s):
    yield "token_embedding.weight", tensors["transformer.word_embeddings.weight"]
    yield from norm_of(tensors, "transformer.word_embeddings_layernorm", "embedding_norm")
    yield from _from_megatron(tensors, s, "transformer.h", "self_attention")
    yield from norm_of(tensors, "transformer.ln_f", "final_norm")


BERT_MAPS = {
    f"attention.{{}}_{x}": f"attention.self.{name}" for x, name in zip("QKV", ("query", "key", "value"), strict=True)
}
BERT_MAPS |= {"attention.{}_O": "attention.output.dense"}
BERT_MAPS |= {"feed_forward.{}_1": "intermediate.dense", "feed_forward.{}_2": "output.dense"}


def from_bert(tensors, s):
    for ours, theirs in {"token": "word", "position": "position", "segment": "token_type"}.items():
        yield f"{ours}_embedding.weight", tensors[f"embeddings.{theirs}_embeddings.weight"]
    yield from norm_of(tensors, "embeddings.LayerNorm", "embedding_norm")
    for i in range(s["n_layers"]):
        theirs, ours = f"encoder.layer.{i}", f"layers.{i}"
        yield from maps_of(tensors, theirs, ours, BERT_MAPS)
        yield from norm_of(tensors, f"{theirs}.attention.output.LayerNorm", f"{ours}.norm_1")
        yield from norm_of(tensors, f"{theirs}.output.LayerNorm", f"{ours}.norm_2")
    yield "pooler.weight", tensors["pooler.dense.weight"].T
    yield "pooler.bias", tensors["pooler.dense.bias"]


OPT_MAPS = {**QKV, "attention.{}_O": "self_attn.out_proj", "feed_forward.{}_1": "fc1", "feed_forward.{}_2": "fc2"}


def from_opt_projected(tensors, s):
    top = "model.decoder"
    yield "token_embedding.weight", tensors[f"{top}.embed_tokens.weight"]
    yield "position_embedding.weight", tensors[f"{top}.embed_positions.weight"]
    yield "project_in.weight", tensors[f"{top}.project_in.weight"].T
    for i in range(s["n_layers"]):
        theirs, ours = f"{top}.layers.{i}", f"layers.{i}"
        yield from maps_of(tensors, theirs, ours, OPT_MAPS)
        yield from norm_of(tensors, f"{theirs}.self_attn_layer_norm", f"{ours}.norm_1")
        yield from norm_of(tensors, f"{theirs}.final_layer_norm", f"{ours}.norm_2")
    yield "project_out.weight", tensors[f"{top}.project_out.weight"].T
