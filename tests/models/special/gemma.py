"""What the later Gemmas read beside sizes and switches."""

from typing import Any

from hypothesis import strategies as st

KINDS = ("full_attention", "sliding_attention")


def sharing(draw: Any, document: dict[str, Any]) -> None:
    """Kinds of attention, and how many of the last layers take the keys and values of earlier ones."""
    n_layers = document["num_hidden_layers"] = draw(st.integers(2, 8))
    one_kind = [KINDS[0]] * n_layers
    mixed = [draw(st.sampled_from(KINDS)) for _ in range(n_layers)]
    listed = document["layer_types"] = draw(st.sampled_from([None, one_kind, mixed]))
    # Each kind needs a layer with keys of its own, before those that share.
    kinds = [*(listed or [KINDS[1]] * n_layers)[:-1], KINDS[0]]
    most = n_layers - 1 - max(kinds.index(kind) for kind in set(kinds))
    document["num_kv_shared_layers"] = draw(st.integers(0, most))
    document["vocab_size_per_layer_input"] = draw(st.integers(8, 20))
    document["hidden_size_per_layer_input"] = draw(st.integers(1, 9))


def gemma3n(draw: Any, document: dict[str, Any]) -> None:
    sharing(draw, document)
    n_layers = document["num_hidden_layers"]
    widths = [draw(st.integers(1, 4)) for _ in range(n_layers)]
    document["intermediate_size"] = draw(st.sampled_from([7, [7] * n_layers, widths]))
    document["laurel_rank"] = draw(st.integers(1, 5))
    document["altup_num_inputs"] = draw(st.integers(1, 5))


def gemma4(draw: Any, document: dict[str, Any]) -> None:
    sharing(draw, document)
    document["hidden_size_per_layer_input"] *= draw(st.integers(0, 1))
    document |= {"num_experts": draw(st.integers(2, 6)), "top_k_experts": draw(st.integers(1, 2))}
    document["moe_intermediate_size"] = draw(st.integers(1, 9))
    if draw(st.booleans()):
        document["global_head_dim"] = draw(st.sampled_from([document.get("head_dim", 256), 4, 10]))
    if draw(st.booleans()):
        document["num_global_key_value_heads"] = draw(st.sampled_from([None, 1, document["num_attention_heads"]]))
    if draw(st.booleans()):
        document["per_layer_config"] = _heads_of_full_layers(draw, document)


def _heads_of_full_layers(draw: Any, document: dict[str, Any]) -> dict[str, Any] | None:
    """As transformers saves it: by the layer's number, the same for all layers of full attention."""
    own = {"head_dim": 2 * draw(st.integers(1, 6))}
    if draw(st.booleans()):
        own["num_key_value_heads"] = draw(st.integers(1, 3))
    last = document["num_hidden_layers"] - 1
    listed = document["layer_types"] or [KINDS[(place + 1) % 6 != 0] for place in range(last + 1)]
    full = {f"{place:02}": own for place, kind in enumerate(listed) if kind == KINDS[0] or place == last}
    return draw(st.sampled_from([None, {}, full]))


VARY = {"gemma3n_text": gemma3n, "gemma4_text": gemma4, "gemma4_unified_text": gemma4}
