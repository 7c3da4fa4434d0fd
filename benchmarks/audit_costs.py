"""True and false explanations in the audit of costs: made-up rows that add up, with one figure spoilt.

null         a figure of a row is multiplied by a number between 1/2 and 2, evenly on a log scale, before it is printed,
             so no explanation is true. Of the rows that then don't add up: how many have an explanation of 3 bits, of
             10.
planted      a row prints what a kind of explanation says: how often it doesn't add up, how often an explanation of that
             kind is the likeliest, and how often it has 3 bits.
consistent   rows as they are: no equation may fail.

Devices, shapes, digits and what is printed are drawn at random, with a fixed seed.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import exp, log
from typing import NamedTuple

from paramcount.auditing.costs.checks import checks
from paramcount.auditing.costs.claims import Claim, claim, three_digits
from paramcount.auditing.costs.explain import Explained, explain
from paramcount.auditing.costs.origins import elsewhere
from paramcount.auditing.verdict import AGREES
from paramcount.catalog.names import find
from paramcount.costs.accelerators import accelerator
from paramcount.costs.run import Run
from paramcount.costs.stated import costed, stated_context

SEED = 11
ROWS = 2000
POOL = 60  # other rows, from which a figure may seem copied
DEVICES = ("v100", "a100-80gb", "h100-sxm", "tpu-v3", "tpu-v4", "mi250x")
SHAPES = ("gpt3-xl", "gpt3-13b", "opt-30b", "gpt2-xl", "llama-2-13b", "cerebras-gpt-13b")
ALWAYS = ("n_params", "n_tokens", "train_flops")
SOMETIMES = ("pf_days", "n_accelerators", "days", "accelerator_hours", "tflops_per_accelerator", "mfu", "energy_mwh",
             "power_w", "co2_t", "price_usd_per_hour", "cost_usd", "tokens_per_s_per_accelerator", "pflops_all",
             "batch_tokens", "steps", "n_params_active")  # fmt: skip
WHOLE = ("n_accelerators", "batch_tokens")

Truth = dict[str, float]
Spoil = Callable[[Truth, "Row", list[Claim]], None]


class Row(NamedTuple):
    """A row that adds up: its true quantities, the device and the shape, and how many digits it prints."""

    truth: Truth
    device: str
    shape: str
    digits: int
    columns: tuple[str, ...]

    def claim(self) -> Claim:
        """The row as printed."""
        cells = {f"{name}_printed": printed(name, self.truth[name], self.digits) for name in self.columns}
        return claim({"model": "made up", "accelerator": self.device, **cells}, self.shape)


def made_up(rng: random.Random, digits: int = 0) -> Row:
    """Make up a row that adds up."""
    device = rng.choice(DEVICES)
    shape = rng.choice(SHAPES) if rng.random() < 0.4 else ""
    total = float(find(shape).model().total()) if shape else _log(rng, 1e8, 5e11)
    active = total * rng.uniform(0.05, 0.5) if not shape and rng.random() < 0.2 else total
    columns = [name for name in SOMETIMES if rng.random() < 0.5 and (name != "n_params_active" or active < total)]
    batch, steps = 2.0 ** rng.randint(18, 23), float(rng.randint(10_000, 900_000))
    truth = {"n_params": total, "n_params_active": active, "n_tokens": batch * steps}
    truth |= {"batch_tokens": batch, "steps": steps}
    devices, share = 2.0 ** rng.randint(3, 13), rng.uniform(0.15, 0.65)
    settled(truth, accelerator(device).peak()[1], devices, share)
    truth |= {"power_w": rng.uniform(150, 700), "price_usd_per_hour": round(rng.uniform(0.5, 5), 2)}
    tdp = accelerator(device).tdp_w or 400
    truth["energy_mwh"] = truth["accelerator_hours"] * truth["power_w"] * rng.uniform(1.05, 1.5) / 1e6
    if not 0.25 < truth["energy_mwh"] * 1e6 / truth["accelerator_hours"] / tdp < 2.4:
        columns = [name for name in columns if name not in ("energy_mwh", "co2_t")]
    truth["co2_t"] = truth["energy_mwh"] * rng.uniform(0.05, 0.9)
    truth["cost_usd"] = truth["accelerator_hours"] * truth["price_usd_per_hour"]
    if "n_params_active" in columns or active == total:
        return Row(truth, device, shape, digits or rng.randint(2, 4), (*ALWAYS, *columns))
    return Row(truth, device, shape, digits or rng.randint(2, 4), (*ALWAYS, *columns, "n_params_active"))


def settled(truth: Truth, peak: float, devices: float, share: float) -> None:
    """Work out what follows from N, D, the devices and the share of their peak."""
    flops = 6 * truth["n_params_active"] * truth["n_tokens"]
    seconds = flops / (devices * peak * share)
    truth |= {
        "train_flops": flops,
        "pf_days": flops / 86400e15,
        "n_accelerators": devices,
        "days": seconds / 86400,
        "accelerator_hours": devices * seconds / 3600,
        "tflops_per_accelerator": peak * share / 1e12,
        "mfu": share,
        "pflops_all": devices * peak * share / 1e15,
        "tokens_per_s_per_accelerator": truth["n_tokens"] / seconds / devices,
    }


def printed(name: str, value: float, digits: int) -> str:
    """*value* as a paper would print it, to this many digits."""
    if name in WHOLE:
        return f"{int(value):,}"
    if name == "mfu":
        return f"{_rounded(100 * value, digits)} %"
    if name == "price_usd_per_hour":
        return f"${value:.2f}"
    return f"{value:.{digits - 1}E}"


def _rounded(value: float, digits: int) -> str:
    return f"{value:.{max(0, digits - 2)}f}"


def _log(rng: random.Random, low: float, high: float) -> float:
    return exp(rng.uniform(log(low), log(high)))


def explained(row: Row, others: list[Claim]) -> tuple[bool, list[Explained]]:
    """Whether *row* adds up, and what explains it if not."""
    one = row.claim()
    held = checks(one)
    return all(check.holds for check in held), explain(one, held, elsewhere(others))


def null(rng: random.Random, others: list[Claim]) -> float | None:
    """The bits of the likeliest explanation of a row with one figure spoilt for no reason; None if it still adds up."""
    row = made_up(rng)
    fixed = (*WHOLE, "n_params") if row.shape else WHOLE  # for a shape, "its own N" is true
    spoilt = rng.choice([name for name in row.columns if name not in fixed])
    truth = {**row.truth, spoilt: row.truth[spoilt] * _log(rng, 0.5, 2)}
    adds_up, found = explained(row._replace(truth=truth), others)
    return None if adds_up else max((one.bits for one in found), default=0.0)


def _recomputed(truth: Truth, row: Row, others: list[Claim]) -> None:
    for name in ("train_flops", "pf_days"):
        truth[name] *= 4 / 3


def _attended(truth: Truth, row: Row, others: list[Claim]) -> None:
    spec = find(row.shape)
    run = Run(1, stated_context(spec))
    more = 3 * costed(spec, run).flops(run) / run.seq / (6 * truth["n_params"])
    for name in ("train_flops", "pf_days"):
        truth[name] *= more


def _forward(truth: Truth, row: Row, others: list[Claim]) -> None:
    for name in ("train_flops", "pf_days"):
        truth[name] /= 3


def _half(truth: Truth, row: Row, others: list[Claim]) -> None:
    for name in ("train_flops", "pf_days"):
        truth[name] /= 2


def _total(truth: Truth, row: Row, others: list[Claim]) -> None:
    for name in ("train_flops", "pf_days"):
        truth[name] *= truth["n_params"] / truth["n_params_active"]


def _sparse(truth: Truth, row: Row, others: list[Claim]) -> None:
    truth["mfu"] /= 2


def _hardware(truth: Truth, row: Row, others: list[Claim]) -> None:
    truth["mfu"] *= 4 / 3


def _cores(truth: Truth, row: Row, others: list[Claim]) -> None:
    truth["n_accelerators"] *= 2


def _copied(truth: Truth, row: Row, others: list[Claim]) -> None:
    truth["pf_days"] = float(others[0].figures["train_flops"].nominal / Fraction(86400 * 10**15))


def _estimated(truth: Truth, row: Row, others: list[Claim]) -> None:
    hours = Fraction(printed("accelerator_hours", truth["accelerator_hours"], row.digits))
    peak = three_digits(accelerator(row.device).peak()[1])
    truth["pf_days"] = float(hours * 3600 * peak * Fraction(33, 100) / (86400 * 10**15))


def _slipped(truth: Truth, row: Row, others: list[Claim]) -> None:
    truth["train_flops"] *= 10


RATES = ("mfu", "tflops_per_accelerator", "pflops_all", "n_accelerators")
TIMES = ("n_accelerators", "accelerator_hours", "days", "tflops_per_accelerator", "pflops_all")
LONG = ("copied", "slip")  # kinds whose name costs more than a few digits are worth
# For each kind of explanation: what it spoils, the columns that show it, and the rows that can have it.
KINDS: Mapping[str, tuple[Spoil, tuple[str, ...], Callable[[Row], bool]]] = {
    "recomputation": (_recomputed, ("pf_days",), lambda row: not row.shape),
    "attention": (_attended, ("pf_days",), lambda row: bool(row.shape)),
    "forward alone": (_forward, ("pf_days",), lambda row: not row.shape),
    "one half": (_half, ("pf_days",), lambda row: not row.shape),
    "another N": (_total, ("pf_days",), lambda row: "n_params_active" in row.columns),
    "sparse peak": (_sparse, RATES, lambda row: row.device in ("a100-80gb", "h100-sxm")),
    "hardware FLOPs": (_hardware, RATES, lambda row: row.truth["mfu"] < 0.6),
    "cores": (_cores, TIMES, lambda row: True),
    "copied": (_copied, (), lambda row: True),
    "estimated": (_estimated, ("accelerator_hours", "pf_days"), lambda row: row.device != "mi250x"),
    "slip": (_slipped, ("pf_days",), lambda row: True),
}  # fmt: skip


def planted(kind: str, rng: random.Random, others: list[Claim], digits: int = 4) -> tuple[bool, list[Explained]]:
    """Whether a row in which this *kind* of explanation is true adds up, and what explains it."""
    spoil, columns, fit = KINDS[kind]
    digits = 7 if kind in LONG else digits
    row = made_up(rng, digits)
    while not fit(row):
        row = made_up(rng, digits)
    shown = columns or ("pf_days",)
    truth = dict(row.truth)
    spoil(truth, row, others)
    kept = tuple(dict.fromkeys([*ALWAYS, *shown, *(["n_params_active"] if "n_params_active" in row.columns else [])]))
    return explained(row._replace(truth=truth, columns=kept), others)


def pool(rng: random.Random) -> list[Claim]:
    """Make up other rows of the table."""
    return [made_up(rng, 4).claim()._replace(model=f"other {n}", label=f"other {n}") for n in range(POOL)]


def nulls(rows: int, seed: int = SEED) -> Iterator[float]:
    """The bits of the likeliest explanation for each of this many rows that don't add up for no reason."""
    rng = random.Random(seed)
    others = pool(rng)
    done = 0
    while done < rows:
        if (bits := null(rng, others)) is not None:
            done += 1
            yield bits


def consistent(rows: int, seed: int = SEED) -> int:
    """How many of this many rows that add up have an equation that fails."""
    rng = random.Random(seed)
    failing = 0
    for _ in range(rows):
        failing += any(check.verdict != AGREES for check in checks(made_up(rng).claim()))
    return failing


def main() -> None:
    start = time.perf_counter()
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    bits = list(nulls(rows))
    for least in (3, 5, 10):
        share = sum(one >= least for one in bits) / len(bits)
        text = f"{len(bits):,} rows have an explanation of {least} bits; at most {100 / 2**least:.2f} %"
        print(f"null: {100 * share:.2f} % of {text}")
    print(f"consistent: {consistent(rows)} of {rows:,} rows have an equation that fails")
    rng = random.Random(SEED)
    others = pool(rng)
    print(f"{'planted':<16}{'noticed':>10}{'first':>10}{'3 bits':>10}")
    for kind in KINDS:
        outcomes = [planted(kind, rng, others) for _ in range(max(50, rows // 20))]
        noticed = [found for adds_up, found in outcomes if not adds_up]
        first = [found for found in noticed if found and found[0].kind == kind]
        sure = [found for found in first if found[0].bits >= 3]
        print(f"{kind:<16}" + "".join(f"{100 * len(some) / len(outcomes):>8.1f} %" for some in (noticed, first, sure)))
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
