"""What tensors' names say in checkpoints: buffers, heads, legacy spellings and prefixes."""

from collections import Counter
from collections.abc import Iterable, Mapping

from paramcount.checkpoint.patterns import pattern

# Endings of tensors that older checkpoints store though they are computed: causal masks, rotary frequencies, positions.
BUFFERS = (
    "attn.masked_bias",
    "attention.masked_bias",
    "rotary_emb.inv_freq",
    "rotary_emb.cos_cached",
    "rotary_emb.sin_cached",
    "rope.freqs",
    "rope_freqs.weight",
    "rope_factors_long.weight",
    "rope_factors_short.weight",
    "position_ids",
    "token_type_ids",
    "embed_positions._float_tensor",
)
# Causal masks of this ending have four sides, which tells them from the bias of an attention.
MASKS = ("attn.bias", "attention.bias")
# What stands on top of a base model; "output" is GGUF's head.
HEADS = frozenset(
    {"lm_head", "embed_out", "output", "score", "classifier", "cls", "qa_outputs", "pooler", "vocab_transform"}
    | {"vocab_projector", "multiple_choice_head"}
)
LEGACY = {"gamma": "weight", "beta": "bias"}  # TensorFlow's names for a norm's gain and bias
MOST_PREFIXES = 4


def is_buffer(name: str, shape: tuple[int, ...]) -> bool:
    """Whether a tensor that a model does not own as a parameter is known to be one of its buffers."""
    return _ends(name, BUFFERS) or (len(shape) == 4 and _ends(name, MASKS))


def is_head(name: str) -> bool:
    """Whether the name is that of a head: of its first parts one is a head's."""
    return not HEADS.isdisjoint(name.split(".")[:2])


def modern(name: str) -> str:
    """*name* with a legacy spelling of its last part replaced."""
    owner, dot, own = name.rpartition(".")
    return f"{owner}{dot}{LEGACY.get(own, own)}"


def prefix_change(expected: Iterable[str], stored: Iterable[str]) -> tuple[str, str]:
    """The prefix to take from stored names, and the one to put in its place, so that most of them are expected.

    Both are "" where no change matches more names than none.
    """
    known, held = {pattern(name) for name in expected}, Counter(pattern(name) for name in stored)
    best, most = ("", ""), sum(times for name, times in held.items() if name in known)
    for old in _prefixes(held):
        rests = {name.removeprefix(old): times for name, times in held.items() if name.startswith(old)}
        for new in _prefixes(dict.fromkeys(known, 1)):
            matched = sum(times for rest, times in rests.items() if new + rest in known) if old != new else 0
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
    return f".{name}".endswith(tuple(f".{ending}" for ending in endings))
