"""The size of a model in llama.cpp's GGUF: ggml's block types, alone or mixed by `llama-quantize`'s rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.blocks.roles import DOWN, KEY, OUTPUT, QUERY, VALUE
from paramcount.catalog.spec import Spec
from paramcount.checkpoint.gguf_types import TYPES
from paramcount.costs.memory.formats import GGUF, ROUTER
from paramcount.costs.memory.weights import EXPERTS, LINEAR, TABLE, Weight
from paramcount.errors import InputError

BLOCKS = {name: (weights, nbytes) for name, weights, nbytes in TYPES.values() if name[0] in "QFBIMT"}
MIXTURES = {"Q4_K_S": "Q4_K", "Q4_K_M": "Q4_K", "Q5_K_S": "Q5_K", "Q5_K_M": "Q5_K"}  # llama_ftype and its usual type
SHORTER = {"Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0"}  # used if rows are not whole blocks of 256
# Types whose tensors llama.cpp stores one for one as in transformers' class, apart from fused experts.
STORED_ALIKE = ("llama", "mistral", "mixtral", "qwen2", "qwen3", "qwen3_moe", "gemma", "gemma2")
SEVENTY = ("llama", "qwen2")  # llama.cpp treats these as a 70B if they have 80 layers and share keys
DEEPEST = 10_000


class Mixture(NamedTuple):
    """The type of every tensor: always *usual* if *name* is that type, else by the rule of the mixture *name*.

    *layers* is the number of layers, *experts* that of experts; *seventy* says that keys are shared as in Llama 2 70B.
    """

    name: str
    usual: str
    layers: int
    experts: int
    seventy: bool
    tied: bool

    def nbytes(self, weight: Weight) -> int:
        """The bytes of all tensors of *weight*; raises InputError if their rows are not whole blocks."""
        if len(weight.shape) < 2 or weight.component == ROUTER:
            return 4 * weight.elements * weight.times
        if self.name == self.usual or weight.layers is None:
            kind = self.usual if self.name == self.usual else self._outside(weight)
            return self._in(kind, weight) * weight.times
        return sum(self._in(self._type(weight, number), weight) for number in weight.layers.numbers())

    def said(self) -> str:
        """A description in one line."""
        how = f"every matrix in {self.usual} (llama-quantize --pure)"
        if self.name != self.usual:
            how = f"{self.usual} mixed with other types by llama-quantize's rule"
        return f"{GGUF}{self.name}: {how}, vectors and routers in F32."

    def _in(self, kind: str, weight: Weight) -> int:
        row = weight.d_in or weight.shape[-1]
        mixed = self.name != self.usual
        if row % BLOCKS[kind][0] and mixed:
            kind = SHORTER[kind] if row % 32 == 0 else "F16"
        block, nbytes = BLOCKS[kind]
        if row % block:
            said = f"rows of {row:,} are not whole blocks of {block}"
            raise InputError(f"{GGUF}{self.name}: {weight.name}: {said}; valid: {GGUF}Q8_0, {GGUF}Q4_K_M")
        return weight.elements // block * nbytes

    def _outside(self, weight: Weight) -> str:
        is_head = weight.component == "output head" or self.tied
        if not is_head:
            return self.usual
        return "Q8_0" if (weight.d_in or weight.shape[-1]) % 256 else "Q6_K"

    def _type(self, weight: Weight, number: int) -> str:
        """The type in layer *number*: llama_tensor_get_type_impl in llama.cpp's src/llama-quant.cpp."""
        roles = set(weight.roles)
        medium = self.name.endswith("_M")
        if roles == {VALUE}:
            return self._of_values(number, medium)
        if roles == {KEY} and self.experts == 8:
            return "Q8_0"
        if roles == {DOWN}:
            return self._of_down(number, medium)
        if roles == {OUTPUT} and self.experts == 8 and self.usual == "Q4_K":
            return "Q5_K"
        return self.usual

    def _of_values(self, number: int, medium: bool) -> str:
        if self.experts == 8:
            return "Q8_0"
        found = self.usual
        if medium and self._more(number):
            found = "Q6_K"
        elif self.name == "Q4_K_S" and number < 4:
            found = "Q5_K"
        return "Q5_K" if self.seventy and found == "Q4_K" else found

    def _of_down(self, number: int, medium: bool) -> str:
        if medium and self._more(number):
            return "Q6_K"
        return "Q5_K" if self.name == "Q4_K_S" and number < self.layers // 8 else self.usual

    def _more(self, number: int) -> bool:
        eighth = self.layers // 8
        return number < eighth or number >= 7 * self.layers // 8 or (number - eighth) % 3 == 2


def mixture(spec: Spec, name: str, weights: list[Weight]) -> Mixture:
    """The mixture for *spec*'s *weights* by *name*, `gguf:NAME`; raises InputError if it is not known."""
    said = name.removeprefix(GGUF)
    if said not in (*BLOCKS, *MIXTURES):
        valid = ", ".join(GGUF + each for each in (*MIXTURES, "Q4_0", "Q6_K", "Q8_0"))
        raise InputError(f"dtype = {name}: unknown GGUF type; valid: {valid}")
    model_type = _model_type(spec)
    if model_type not in STORED_ALIKE:
        valid = ", ".join(STORED_ALIKE)
        raise InputError(f"{spec.name}: {name}: how llama.cpp stores {model_type} is not known; valid: {valid}")
    for weight in weights:
        _refuse_unknown(spec, name, weight)
    values = [weight for weight in weights if set(weight.roles) == {VALUE}]
    layers = sum(weight.times for weight in values)
    if said in MIXTURES and layers > DEEPEST:
        raise InputError(f"{spec.name}: {name}: {layers:,} layers; valid: up to {DEEPEST:,}")
    experts = next((weight.shape[0] for weight in weights if weight.kind == EXPERTS), 1)
    seventy = model_type in SEVENTY and layers == 80 and (model_type == "qwen2" or _shared(weights))
    tied = not any(weight.component == "output head" for weight in weights)
    return Mixture(said, MIXTURES.get(said, said), layers, experts, seventy, tied)


def _model_type(spec: Spec) -> str:
    design = spec.family.configured(spec.sizes)
    return design.config.model_type if design else str(getattr(spec.family, "model_type", spec.family.name))


def _refuse_unknown(spec: Spec, name: str, weight: Weight) -> None:
    known = weight.kind in (TABLE, LINEAR, EXPERTS) or len(weight.shape) < 2
    if not known or set(weight.roles) == {QUERY, KEY, VALUE}:
        raise InputError(f"{spec.name}: {name}: how llama.cpp stores {weight.name} is not known; valid: bf16, int4")


def _shared(weights: list[Weight]) -> bool:
    """Whether heads share keys."""
    widths: Iterator[int] = (w.d_out for w in weights for role in (QUERY, KEY) if w.roles == (role,))
    return len(set(widths)) > 1
