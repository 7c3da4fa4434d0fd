"""From what was asked to a request with every default filled in, or a line that says what contradicts what."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.solver.choice import (
    Asked,
    Aspect,
    Choice,
    Ratio,
    Span,
    admits,
    read_aspect,
    read_choice,
    read_ratios,
    values_of,
    written,
)
from paramcount.solver.defaults import N_LAYERS, Defaults
from paramcount.solver.lattice import Wishes, is_power, unit_of


class Asks(NamedTuple):
    """The options of a request as they were given, None where they were not; see paramcount.solver.solve."""

    n_layers: Asked | None
    d_model: Asked | None
    n_heads: Asked | None
    d_head: Asked | None
    d_ff_ratio: Ratio | Iterable[Ratio] | None
    n_vocab: Asked | None
    n_ctx: Asked | None
    aspect: Ratio | tuple[Ratio, Ratio] | None
    multiple_of: int
    powers_of_two: bool
    tied: bool | None
    tp: int
    non_embedding: bool


def settle(asks: Asks, defaults: Defaults) -> Wishes:
    """*asks* with *defaults* where it is silent; raises InputError where it contradicts itself."""
    for name in ("multiple_of", "tp"):
        if getattr(asks, name) < 1:
            raise InputError(f"{name} = {getattr(asks, name)}: not a positive whole number; valid: 8, 128")
    powers = asks.powers_of_two
    n_layers, d_model, n_heads = (_read(asks, name) for name in ("n_layers", "d_model", "n_heads"))
    ratios = (defaults.ratio,) if asks.d_ff_ratio is None else read_ratios(asks.d_ff_ratio, "d_ff_ratio")
    wishes = Wishes(
        family=defaults.family,
        switches=defaults.switches | ({} if asks.tied is None else {"tied": asks.tied}),
        n_layers=n_layers or (Span() if powers else N_LAYERS),
        d_model=d_model or Span(),
        n_heads=n_heads or Span(),
        d_head=(),
        n_vocab=_vocabulary(asks, defaults),
        n_ctx=_read(asks, "n_ctx") or defaults.n_ctx,
        ratios=ratios,
        attention=defaults.attention,
        multiple_of=asks.multiple_of,
        tp=asks.tp,
        powers=powers,
        aspect=_aspect(asks, defaults),
        non_embedding=asks.non_embedding,
    )
    wishes = wishes._replace(d_head=_heads(asks, defaults, wishes))
    _check(wishes)
    return wishes


def _read(asks: Asks, name: str) -> Choice | None:
    asked = getattr(asks, name)
    return None if asked is None else read_choice(asked, name)


def _aspect(asks: Asks, defaults: Defaults) -> Aspect | None:
    if asks.aspect is not None:
        return read_aspect(asks.aspect)
    return None if asks.n_layers is not None or asks.d_model is not None else defaults.aspect


def _vocabulary(asks: Asks, defaults: Defaults) -> Choice:
    """n_vocab; one that was not asked for is padded to a multiple of tp."""
    if (asked := _read(asks, "n_vocab")) is not None:
        return asked
    assert not isinstance(defaults.n_vocab, Span)
    return tuple(sorted({-(-value // asks.tp) * asks.tp for value in defaults.n_vocab}))


def _heads(asks: Asks, defaults: Defaults, wishes: Wishes) -> tuple[int, ...]:
    if (asked := _read(asks, "d_head")) is not None:
        heads = values_of(asked, "d_head")
        powers = tuple(filter(is_power, heads))
        return powers if wishes.powers and isinstance(asked, Span) else heads
    if not isinstance(wishes.d_model, Span) and not isinstance(wishes.n_heads, Span):
        wide = {wishes.attention * d_model / n_heads for d_model in wishes.d_model for n_heads in wishes.n_heads}
        return tuple(sorted(int(d_head) for d_head in wide if d_head.denominator == 1)) or defaults.d_head
    return tuple(d_head for d_head in defaults.d_head if not wishes.powers or is_power(d_head)) or defaults.d_head


def _check(wishes: Wishes) -> None:
    listed = {
        name: values for name in ("n_layers", "d_model", "n_heads", "d_head") if (values := _listed(wishes, name))
    }
    if wishes.powers:
        for name, values in listed.items():
            for value in values:
                if not is_power(value) and (name != "n_heads" or wishes.attention == 1):
                    below = 1 << value.bit_length() - 1
                    raise InputError(
                        f"{name} = {value}: no power of two (--powers-of-two); valid: {below}, {2 * below}"
                    )
    for name in ("n_heads", "n_vocab"):
        for value in _listed(wishes, name):
            _divides(name, value, wishes.tp, f"--tp {wishes.tp}")
    for d_model in listed.get("d_model", ()):
        _divides("d_model", d_model, wishes.multiple_of, f"--multiple-of {wishes.multiple_of}")
        _fits(wishes, d_model)


def _listed(wishes: Wishes, name: str) -> tuple[int, ...]:
    choice: Choice = getattr(wishes, name)
    return () if isinstance(choice, Span) else choice


def _divides(name: str, value: int, divisor: int, why: str) -> None:
    if value % divisor:
        below = value // divisor * divisor
        valid = ", ".join(str(near) for near in (below, below + divisor) if near)
        raise InputError(f"{name} = {value}: no multiple of {divisor} ({why}); valid: {valid}")


def _fits(wishes: Wishes, d_model: int) -> None:
    """Raise InputError where no n_heads, d_head and d_ff go with this d_model."""
    units = {(d_head, ratio): unit_of(wishes, d_head, ratio) for d_head in wishes.d_head for ratio in wishes.ratios}
    if all(d_model % unit for unit in units.values()):
        (d_head, ratio), unit = min(units.items(), key=lambda item: item[1])
        why = f"heads of {d_head}, d_ff = {ratio}·d_model" + (f", --tp {wishes.tp}" if wishes.tp > 1 else "")
        _divides("d_model", d_model, unit, f"{why}, all whole")
    widths = {wishes.attention * d_model / d_head for d_head in wishes.d_head}
    heads = sorted(int(width) for width in widths if width.denominator == 1)
    if not any(admits(wishes.n_heads, n_heads) for n_heads in heads):
        asked, d_heads = written(wishes.n_heads), written(wishes.d_head)
        raise InputError(
            f"n_heads = {asked}, d_head = {d_heads}: attention would not be {wishes.attention * d_model} wide, "
            f"as it is for d_model = {d_model}; valid: n_heads = {written(tuple(heads))}"
        )


def nothing_admitted(wishes: Wishes) -> InputError:
    """The error on a request whose lattice is empty."""
    d_head, ratio = wishes.d_head[0], wishes.ratios[0]
    unit = unit_of(wishes, d_head, ratio)
    if wishes.powers and not is_power(unit):
        return InputError(
            f"--powers-of-two: d_model is a multiple of {unit} where heads of {d_head}, d_ff = {ratio}·d_model and "
            f"--multiple-of {wishes.multiple_of} are whole, and no power of two is; "
            "valid: a d_head, d_ff ratio and multiple that are powers of two"
        )
    stated = {"n_layers": wishes.n_layers, "d_model": wishes.d_model, "n_heads": wishes.n_heads}
    stated |= {"d_head": wishes.d_head, "n_vocab": wishes.n_vocab}
    asked = ", ".join(f"{name} = {written(choice)}" for name, choice in stated.items() if choice != Span())
    also = [f"multiples of {unit} for d_model", f"n_heads = {Fraction(wishes.attention, d_head)}·d_model"]
    also += [f"multiples of {wishes.tp} for n_vocab"] if wishes.tp > 1 else []
    also += ["powers of two for n_layers and d_model"] if wishes.powers else []
    if wishes.aspect is not None:
        also.append("d_model/n_layers from {} to {}".format(*(f"{float(end or 0):g}" for end in wishes.aspect)))
    return InputError(f"{asked}: no shape has all of this; valid: {', '.join(also)}")
