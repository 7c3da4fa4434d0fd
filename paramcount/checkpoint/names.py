"""What tensors' names say in checkpoints: buffers, heads, legacy spellings and prefixes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from paramcount.checkpoint.patterns import NUMBER, pattern

# Endings of tensors that older checkpoints store though they are computed: causal masks, rotary frequencies, positions.
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
NO_NUMBERS = ("I64", "BOOL")  # no parameter is stored as such: a table of places, a mask, a count
# Scales of the keys and values in a quantised cache, which no weight has.
CACHE_SCALES = ("k_scale", "v_scale", "kv_scale", "q_scale", "prob_scale", "k_proj.output_scale", "v_proj.output_scale")
PREDICTS_AHEAD = frozenset({"eh_proj", "nextn"})  # which of a layer's modules says that it predicts further tokens
# Causal masks of this ending have four sides, which tells them from the bias of an attention.
MASKS = ("attn.bias", "attention.bias")
# What stands on top of a base model; "output" is GGUF's head.
HEADS = frozenset(
    {"lm_head", "embed_out", "output", "score", "classifier", "cls", "qa_outputs", "pooler", "vocab_transform"}
    | {"vocab_projector", "multiple_choice_head", "v_head", "value_head", "classification_head"}
)
LEGACY = {"gamma": "weight", "beta": "bias"}  # TensorFlow's names for a norm's gain and bias
MOST_PREFIXES = 4


def is_buffer(name: str, shape: tuple[int, ...], dtype: str = "") -> bool:
    """Whether a tensor that a model does not own as a parameter is known to be one of its buffers."""
    return dtype in NO_NUMBERS or _ends(name, BUFFERS) or (len(shape) == 4 and _ends(name, MASKS))


def is_cache_scale(name: str) -> bool:
    """Whether the name is that of a scale of quantised keys and values."""
    return _ends(name, CACHE_SCALES)


def ahead(names: Iterable[str]) -> set[str]:
    """Those of *names* that are of modules for multi-token prediction: mtp, or a layer that says what it is."""
    known = list(names)
    layers = {_layer(name) for name in known if not PREDICTS_AHEAD.isdisjoint(name.split("."))}
    return {name for name in known if ".mtp" in f".{name}" or (layers and _layer(name) in layers)}


def _layer(name: str) -> str:
    """The name up to its layer's number; all of it outside the layers."""
    number = NUMBER.search(name)
    return name[: number.end()] if number else name


def is_head(name: str) -> bool:
    """Whether the name is that of a head: of its first parts one is a head's."""
    return not HEADS.isdisjoint(name.split(".")[:2])


def modern(name: str) -> str:
    """*name* with a legacy spelling of its last part replaced."""
    owner, dot, own = name.rpartition(".")
    return f"{owner}{dot}{LEGACY.get(own, own)}"


def prefix_change(expected: Iterable[str], stored: Iterable[str]) -> tuple[str, str]:
    """The prefix to take from stored names, and the one to put in its place, so that most of them are expected.

    Both are "" where no change matches more names than none. What is left of a name behind a prefix is a module's name
    and its own: by "weight" alone every tensor would be every other. Of changes that match as many the first is taken,
    in the order of the names.
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
