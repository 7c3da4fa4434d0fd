"""Compares an index's totals, total_size in bytes and total_parameters, with a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

WIDTHS = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1, "float8_e5m2": 1, "int8": 1}
USUAL = (2, 4, 1, 8)  # bytes per number, most common first


class Witness(NamedTuple):
    """A figure in an index, under *key*: what it *stated*, the *numbers* it stands for, and whether it agrees.

    *numbers* is None if the bytes are not a whole number of them. *agrees* says whether they are the model's, and *why*
    what would explain a difference.
    """

    key: str
    stated: int
    numbers: int | None
    off: int | None
    agrees: bool
    why: str

    def said(self) -> str:
        """The figure and what it means, in a line."""
        unit = " bytes" if self.key == "total_size" else ""
        line = f"The index states {self.key} = {self.stated:,}{unit}"
        if self.agrees:
            return f"{line}: agrees{f' ({self.why})' if self.why else ''}."
        off = "" if self.off is None else f", {self.off:+,} numbers off".replace("-", "−")
        return f"{line}{off}: {self.why or 'no explanation found'}."


def witnesses(
    stated: Mapping[str, Any], total: int, components: Mapping[str, int], config: Mapping[str, Any]
) -> list[Witness]:
    """Each figure in *stated*, compared with a model of *total* parameters in these *components*.

    *config* says in how many bytes a number is stored, and whether weights are quantised.
    """
    found = []
    parameters, size = _whole(stated.get("total_parameters")), _whole(stated.get("total_size"))
    if parameters is not None:
        found.append(_judged("total_parameters", parameters, parameters, total, components, ""))
    if size is not None:
        found.append(_of_bytes(size, total, components, config))
    return found


def _of_bytes(size: int, total: int, components: Mapping[str, int], config: Mapping[str, Any]) -> Witness:
    if config.get("quantization_config") or config.get("quantization"):
        why = f"the config says weights are quantised: {8 * size / total:.2f} bits per parameter" if total else ""
        return Witness("total_size", size, None, None, False, why)
    width = _width(config)
    if width is None or size != width * total:
        other = next((one for one in USUAL if size == one * total), None)
        if other is not None:
            said = f"; the config says {width}" if width else ""
            return Witness("total_size", size, total, 0, True, f"in {other} bytes per number{said}")
    if width is None:
        return Witness("total_size", size, None, None, False, "the config does not give the bytes per number")
    numbers, rest = divmod(size, width)
    how = f"in {width} bytes per number"
    if rest:
        return Witness("total_size", size, None, None, False, f"not a whole number of parameters {how}")
    return _judged("total_size", size, numbers, total, components, how)


def _judged(key: str, stated: int, numbers: int, total: int, components: Mapping[str, int], how: str) -> Witness:
    off = numbers - total
    if not off:
        return Witness(key, stated, numbers, 0, True, how)
    return Witness(key, stated, numbers, off, False, _explained(off, total, components))


def _explained(off: int, total: int, components: Mapping[str, int]) -> str:
    """What a difference of *off* numbers would be, if it matches a component or a fraction of all, else ""."""
    table, head = components.get("token embedding"), components.get("output head")
    if off == table and not head:
        return "the size of the token embedding, so the tied head would be stored or counted twice"
    if head and off == -head:
        return "the size of the output head, so the head would be tied to the token embedding or left out"
    for name, params in components.items():
        if params and abs(off) == params:
            return f"the size of {name}, which would be {'counted twice' if off > 0 else 'left out'}"
    if total and off == total:
        return "twice as many, so each number would take twice the bytes"
    return ""


def _width(config: Mapping[str, Any]) -> int | None:
    """Bytes per number by the config's dtype; in a multimodal model, by its text model's."""
    for stated in (config, config.get("text_config")):
        if isinstance(stated, Mapping):
            named = stated.get("dtype", stated.get("torch_dtype"))
            if isinstance(named, str) and named.removeprefix("torch.") in WIDTHS:
                return WIDTHS[named.removeprefix("torch.")]
    return None


def _whole(value: Any) -> int | None:
    """A count as indexes write it; some write 12122071040.0."""
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 < value < 2**62 else None
