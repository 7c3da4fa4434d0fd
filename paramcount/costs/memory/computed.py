"""How the papers' families compute their layers, as far as it decides the activations that training keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.ledger.operation import Computed, NormKeeps
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size

NONE, SELECTIVE, FULL = RECOMPUTE = ("none", "selective", "full")
PLAIN, FUSED = KERNELS = ("plain", "fused")
ROTATED = "d_rotary"  # the symbol for the rotated columns of a head

# Vectors kept in addition to the input of the last map, which is the function's result: GELU keeps its input, ReLU
# nothing (it uses its result), SwiGLU the gate, SiLU of it, and up (Shazeer 2020, eq. 6).
GELU, RELU, SWIGLU = 1, 0, 3
# LayerNorm keeps its input, a mean and a root; RMSNorm, which torch computes in float32, keeps its input and the normed
# input in float32, and a root.
LAYER_NORM, RMS_NORM = NormKeeps(1, 2), NormKeeps(2, 1, 4)


class Wiring(NamedTuple):
    """What the tensors of a family do not say about its layers.

    One part in *turned* of each head is rotated, none if it is 0. *again* corrects the number of d_model-wide vectors
    per layer: −1 where two parts share one that each would count, +1 where one more is kept, with its component.
    *biased* says that a bias is added to the scores (ALiBi), which rules out a fused kernel; *placed* that positions
    are an input of every layer.
    """

    function: int
    norm: NormKeeps = LAYER_NORM
    turned: int = 0
    again: tuple[str, int] = ("", 0)
    masked: bool = True
    biased: bool = False
    placed: bool = False


WIRINGS: Mapping[str, Wiring] = {
    "gpt": Wiring(GELU),
    "gpt-post-norm": Wiring(GELU),
    "opt": Wiring(RELU),
    "opt-projected": Wiring(RELU),
    # Positions are added to the input of queries and keys, but not of values (Elhage et al. 2021).
    "attention-only": Wiring(RELU, again=("attention", 1), placed=True),
    # Both norms read one tensor (Black et al. 2022, sec. 2.1).
    "gpt-neox": Wiring(GELU, turned=4, again=("layer norm", -1)),
    "bloom": Wiring(GELU, biased=True),
    # Attention and feed-forward read one norm (Chowdhery et al. 2022, sec. 2).
    "palm": Wiring(SWIGLU, turned=1, again=("feed-forward", -1)),
    "llama": Wiring(SWIGLU, RMS_NORM, turned=1),
    "gopher": Wiring(GELU, RMS_NORM, biased=True),
    "bert": Wiring(GELU, masked=False),
    "roberta": Wiring(GELU, masked=False),
}


def wiring_of(spec: Spec) -> Wiring | None:
    """The wiring of *spec*'s family; None if it is not a paper's family or its activations are not known."""
    return None if spec.family.configured(spec.sizes) else WIRINGS.get(spec.family.name)


def computed(spec: Spec, wiring: Wiring, recompute: str, kernel: str, dropout: bool = False) -> Computed:
    """How *spec* is computed with this attention *kernel* and this *recompute*."""
    return Computed(
        function=wiring.function,
        norm=wiring.norm,
        masked=wiring.masked,
        turned=_turned(spec, wiring.turned),
        scores=(recompute, kernel) == (NONE, PLAIN),
        logsumexp=recompute == NONE and kernel == FUSED,
        dropout=dropout,
    )


def _turned(spec: Spec, part: int) -> Size:
    """The rotated columns of a head, which come in pairs."""
    if not part:
        return 0
    d_head = spec.sizes["d_head"]
    turned = rotated(part, d_head)
    formula = spec.family.symbols(spec.sizes)["d_head"]
    return Sized.of(d_head, formula) if turned == d_head else Sized.named(ROTATED, turned)


def rotated(part: int, d_head: int) -> int:
    """How many columns of a head are rotated, if one in *part* is."""
    return d_head // (2 * part) * 2
