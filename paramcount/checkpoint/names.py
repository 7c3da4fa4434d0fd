"""What tensor names in checkpoints reveal: buffers, heads, legacy spellings and prefixes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from paramcount.checkpoint.patterns import NUMBER, pattern

# Suffixes of computed tensors that older checkpoints store: causal masks, rotary frequencies, positions.
BUFFERS = (
    "attn.masked_bias",
    "attention.masked_bias",
    "inv_freq",
    "rotary_emb.cos_cached",
    "rotary_emb.sin_cached",
    "rope.freqs",
    "rope_freqs.weight",
    "rope_factors_long.weight",
    "rope_factors_short.weight",
    "position_ids",
    "token_type_ids",
    "embed_positions._float_tensor",
    "final_logits_bias",
    "layer_scalar",
    *("e_score_correction_bias", "expert_bias", "balancing_biases", "mlp.gate.bias", "ffn.gate.bias"),  # of routers
    *("act_fn.beta", "act_fn.eps"),  # of xIELU
    *("diagonal_decay", "key_decay", "query_decay", "slope_rate"),  # of lightning attention
    *("act_scaling_factor", "x_min", "x_max", "shift"),  # of quantised arithmetic, in I-BERT
    *("weight_integer", "bias_integer", "fc_scaling_factor", "weight_scaling_factor"),
    *("running_mean", "running_var", "num_batches_tracked"),
)
NO_NUMBERS = ("I64", "BOOL")  # never parameters: index tables, masks, counters
# Scales for keys and values in a quantised cache.
CACHE_SCALES = ("k_scale", "v_scale", "kv_scale", "q_scale", "prob_scale", "k_proj.output_scale", "v_proj.output_scale")
PREDICTS_AHEAD = frozenset({"eh_proj", "nextn"})  # modules that mark a layer for multi-token prediction
# Causal masks with this suffix have four dimensions, unlike an attention bias.
MASKS = ("attn.bias", "attention.bias")
# Heads on top of a base model; "output" is GGUF's.
HEADS = frozenset(
    {"lm_head", "embed_out", "output", "score", "classifier", "cls", "qa_outputs", "pooler", "vocab_transform"}
    | {"vocab_projector", "multiple_choice_head", "v_head", "value_head", "classification_head"}
)
LEGACY = {"gamma": "weight", "beta": "bias"}  # TensorFlow's names for a norm's gain and bias
MOST_PREFIXES = 4


def is_buffer(name: str, shape: tuple[int, ...], dtype: str = "") -> bool:
    """Whether a tensor the model has no parameter for is known to be one of its buffers."""
    return dtype in NO_NUMBERS or _ends(name, BUFFERS) or (len(shape) == 4 and _ends(name, MASKS))


def is_cache_scale(name: str) -> bool:
    """Whether the name is that of a scale for quantised keys and values."""
    return _ends(name, CACHE_SCALES)


def ahead(names: Iterable[str]) -> set[str]:
    """The *names* in modules for multi-token prediction: mtp, or a layer that says so."""
    known = list(names)
    layers = {_layer(name) for name in known if not PREDICTS_AHEAD.isdisjoint(name.split("."))}
    return {name for name in known if ".mtp" in f".{name}" or (layers and _layer(name) in layers)}


def _layer(name: str) -> str:
    """The name up to its layer number; all of it outside the layers."""
    number = NUMBER.search(name)
    return name[: number.end()] if number else name


def is_head(name: str) -> bool:
    """Whether one of the first parts of the name is a head's."""
    return not HEADS.isdisjoint(name.split(".")[:2])


def modern(name: str) -> str:
    """*name* with a legacy spelling of its last part replaced."""
    owner, dot, own = name.rpartition(".")
    return f"{owner}{dot}{LEGACY.get(own, own)}"


def prefix_change(expected: Iterable[str], stored: Iterable[str]) -> tuple[str, str]:
    """The prefix to remove from stored names, and the one to add instead, so that most of them are expected.

    Both are "" if no change matches more names than none. What remains after a prefix must be a module's name and the
    tensor's: by "weight" alone every tensor would match every other. Ties go to the first in the order of the names.
    """
    known, held = Counter(pattern(name) for name in expected), Counter(pattern(name) for name in stored)
    best, most = ("", ""), sum(times for name, times in held.items() if name in known)
    for old in _prefixes(held):
        rests = {name.removeprefix(old): times for name, times in held.items() if name.startswith(old)}
        for new in _prefixes(dict.fromkeys(known, 1)):
            named = (times for rest, times in rests.items() if "." in rest and new + rest in known)
            matched = sum(named) if old != new else 0
            matched += sum(times for name, times in held.items() if name in known and not name.startswith(old))
            if matched > most:
                best, most = (old, new), matched
    return best


def _prefixes(names: Mapping[str, int]) -> list[str]:
    """No prefix, and the commonest of one or two parts that end in a dot."""
    found: Counter[str] = Counter()
    for name, times in names.items():
        parts = name.split(".")
        for length in (1, 2):
            if len(parts) > length and "*" not in parts[:length]:
                found[".".join(parts[:length]) + "."] += times
    return ["", *(prefix for prefix, _ in found.most_common(MOST_PREFIXES))]


def _ends(name: str, endings: tuple[str, ...]) -> bool:
    return f".{name}".endswith(_behind_a_dot(endings))


@cache
def _behind_a_dot(endings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f".{ending}" for ending in endings)
