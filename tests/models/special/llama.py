"""What Llama's kin read beside sizes and switches."""

from typing import Any

from hypothesis import strategies as st

ATTENTION = ("full_attention", "sliding_attention")


def layer_types(draw: Any, document: dict[str, Any]) -> None:
    """A kind of attention for each layer, or none said; neither has a parameter of its own."""
    kinds = [draw(st.sampled_from(ATTENTION)) for _ in range(document["num_hidden_layers"])]
    document["layer_types"] = draw(st.sampled_from([None, kinds]))


def head_width(draw: Any, document: dict[str, Any]) -> None:
    """A d_head of its own where the type's defaults have no key for it but its class reads one."""
    if draw(st.booleans()):
        document["head_dim"] = 2 * draw(st.integers(1, 6))


def both(draw: Any, document: dict[str, Any]) -> None:
    layer_types(draw, document)
    head_width(draw, document)


def one_bias(draw: Any, document: dict[str, Any]) -> None:
    document["attention_bias"] = document["mlp_bias"] = draw(st.booleans())


def even_kv_heads(draw: Any, document: dict[str, Any]) -> None:
    """Differential attention splits the heads of keys and values in two; d_model stays a multiple of n_heads."""
    document["num_attention_heads"] *= 2
    document["hidden_size"] *= 2
    document["num_key_value_heads"] = 2 * (document["num_key_value_heads"] or 1)


def activation(draw: Any, document: dict[str, Any]) -> None:
    document["hidden_act"] = draw(st.sampled_from(["xielu", "silu", "relu2", "prelu"]))
    head_width(draw, document)


def n_layers_are_read(draw: Any, document: dict[str, Any]) -> None:
    layer_types(draw, document)
    document["no_rope_layers"] = draw(st.sampled_from([None, [1] * document["num_hidden_layers"]]))
    head_width(draw, document)


def stated_width(draw: Any, document: dict[str, Any]) -> None:
    layer_types(draw, document)
    document.setdefault("head_dim", 2 * draw(st.integers(1, 6)))


def stated_groups(draw: Any, document: dict[str, Any]) -> None:
    document["num_key_value_heads"] = document["num_key_value_heads"] or 1


def rotary_for_each_kind(draw: Any, document: dict[str, Any]) -> None:
    both(draw, document)
    document["rope_parameters"] = ROTARY


def two_stacks(draw: Any, document: dict[str, Any]) -> None:
    depths = st.one_of(st.none(), st.integers(1, 4))
    document |= {"num_layers_per_stack": draw(depths), "H_cycles": draw(st.integers(1, 3)), "L_cycles": 2}


def sparse_global(draw: Any, document: dict[str, Any]) -> None:
    layer_types(draw, document)
    if draw(st.booleans()):
        document["global_attn_every_n_layers"] = draw(st.integers(1, 4))


def ranks(draw: Any, document: dict[str, Any]) -> None:
    for key in ("kv_lora_rank", "q_lora_rank", "qk_nope_head_dim", "v_head_dim"):
        document[key] = draw(st.integers(1, 9))
    document["qk_rope_head_dim"] = 2 * draw(st.integers(1, 4))
    for key, may_be_null in (("q_lora_rank", True), ("v_head_dim", document["model_type"] == "minicpm3")):
        if may_be_null and draw(st.booleans()):
            document[key] = None


ROTARY = {kind: {"rope_type": "default", "rope_theta": 1e4} for kind in ATTENTION}
# What transformers' own default configs lack.
DEFAULTS = {
    "cohere_compass_text": {"rope_parameters": ROTARY},
    "hunyuan_v1_dense": {"head_dim": 128},
    "ministral": {"head_dim": 128},
    "nemotron": {"num_key_value_heads": 8},
}
VARY = {
    **dict.fromkeys(("qwen3", "gemma2", "gemma3_text", "vaultgemma", "cwm"), layer_types),
    **dict.fromkeys(("cohere2", "olmo3", "exaone4", "granite_swa"), both),
    **dict.fromkeys(("granite", "olmo", "olmo2", "cohere", "phi", "phi3", "stablelm", "persimmon"), head_width),
    **dict.fromkeys(("starcoder2", "bitnet", "nanochat"), head_width),
    **dict.fromkeys(("hunyuan_v1_dense", "ministral"), stated_width),
    "nemotron": stated_groups,
    "cohere_compass_text": rotary_for_each_kind,
    **dict.fromkeys(("minicpm3", "youtu"), ranks),
    "hrm_text": two_stacks,
    "modernbert-decoder": sparse_global,
    "internlm3": one_bias,
    "diffllama": even_kv_heads,
    "apertus": activation,
    "smollm3": n_layers_are_read,
}
