"""A quantised file without its config: infers how its words are packed from the widths of unpacked tensors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from paramcount.checkpoint.held import Held, Quantisation
from paramcount.checkpoint.names import is_buffer
from paramcount.checkpoint.packing import unpacked
from paramcount.checkpoint.tensors import StoredTensor
from paramcount.checkpoint.words import MLX_GROUPS

# Maps and tables whose inputs are as wide as the norm before them.
AS_WIDE = ("embed_tokens", "wte", "tok_embeddings", "q_proj", "k_proj", "v_proj", "qkv_proj", "gate_proj", "up_proj")
NORMS = ("norm.weight", "layernorm.weight", "ln_1.weight", "ln_f.weight", "ln_2.weight")
OF_HEADS = ("q_norm.weight", "k_norm.weight")
WORDS = ("I8", "U8", "I16", "U16", "I32", "U32", "U64", "F4", "F6_E2M3", "F6_E3M2", "F8_E8M0")
CANDIDATES = (*(Quantisation(None, group) for group in MLX_GROUPS), *(Quantisation(bits) for bits in (4, 8)))


def unpacked_alone(tensors: Sequence[StoredTensor], said: Quantisation) -> list[Held]:
    """The weights in *tensors*; if *said* leaves their bits open, they follow from the norms' shared width.

    A weight whose bits remain open has several possible shapes.
    """
    weights = unpacked(tensors, said)
    widths = {one.shape[0] for one in tensors if _is_norm(one)}
    if len(widths) != 1 or not any(len(weight.shapes) > 1 for weight in weights):
        return weights
    [width] = widths
    found = [guess for one in CANDIDATES if _tells(guess := unpacked(tensors, one), width)]
    counts = {sum(weight.params for weight in guess) for guess in found}
    return found[0] if len(counts) == 1 else weights


def unknown_words(weights: Iterable[Held]) -> list[Held]:
    """The weights stored as whole numbers or half bytes in no known packing."""
    return [one for one in weights if not one.packing and one.stored[0].dtype in WORDS and not _is_buffer(one)]


def _is_buffer(weight: Held) -> bool:
    return is_buffer(weight.name, weight.shapes[0], weight.stored[0].dtype)


def _is_norm(tensor: StoredTensor) -> bool:
    return len(tensor.shape) == 1 and tensor.name.endswith(NORMS) and not tensor.name.endswith(OF_HEADS)


def _tells(weights: list[Held], width: int) -> bool:
    """Whether each of *weights* has one shape, and those that read the model's *width* (at least one) match it."""
    packed = [weight for weight in weights if weight.packing]
    wide = [weight for weight in packed if weight.name.split(".")[-2:-1] and weight.name.split(".")[-2] in AS_WIDE]
    if not wide or any(len(weight.shapes) > 1 for weight in packed):
        return False
    return all(weight.shapes[0][-1] == width for weight in wide)
