"""The equations between the figures of a training run, as data: name, formula and source.

`=` holds within the printed digits. `<=` says that the left side happens within the right one, which may include idle
time: the left is between the share `busy` of tables/cost_bounds.csv and all of it. `<` is a hard limit. Of the formulas
with one name, the first whose figures are all there is used. Units are those of the columns: days, hours, MWh, W, t,
$, TFLOP/s per device, PFLOP/s in all.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import product
from typing import NamedTuple

from paramcount.auditing.relations import Interval
from paramcount.papers.tables import read

KAPLAN = "Kaplan et al. 2020, sec. 2.1"
DEFINED = "the units' own definition"
PATTERSON = "Patterson et al. 2021, sec. 2"
WORK = ("train_flops", "86400e15 * pf_days", "6 * n_params_active * n_tokens", "6 * n_params * n_tokens")
HOURS = ("accelerator_hours", "24 * n_accelerators * days")
RATES = ("tflops_per_accelerator", "peak_tflops * mfu")


class Relation(NamedTuple):
    """An equation or a bound between products of figures."""

    name: str
    formula: str
    source: str

    @property
    def sign(self) -> str:
        """=, <= or <"""
        return next(sign for sign in ("=", "<=", "<") if f" {sign} " in self.formula)

    @property
    def sides(self) -> tuple[str, str]:
        left, _, right = self.formula.partition(f" {self.sign} ")
        return left, right

    @property
    def factors(self) -> tuple[Fraction, Mapping[str, int]]:
        """The left side divided by the right one: a number, and the quantities with their powers."""
        return _factors(self.formula, self.sign)


@cache
def _factors(formula: str, sign: str) -> tuple[Fraction, Mapping[str, int]]:
    left, _, right = formula.partition(f" {sign} ")
    number, powers = Fraction(1), {}
    for side, power in ((left, 1), (right, -1)):
        for term in side.split(" * "):
            if term[0].isdigit():
                number *= Fraction(term) ** power
            else:
                powers[term] = power
    return number, powers


def _all(name: str, source: str, *formulas: str) -> Iterator[Relation]:
    yield from (Relation(name, formula, source) for formula in formulas)


def _over_time(name: str, source: str, formula: str) -> Iterator[Relation]:
    """*formula* with each of HOURS in place of {}."""
    yield from _all(name, source, *(formula.format(hours) for hours in HOURS))


RELATIONS: tuple[Relation, ...] = (
    *_all("6ND", KAPLAN, "train_flops = 6 * n_params_active * n_tokens", "train_flops = 6 * n_params * n_tokens"),
    *_all("PF-days", DEFINED, "train_flops = 86400e15 * pf_days"),
    *_all("6ND in PF-days", KAPLAN, *(f"86400e15 * pf_days = {work}" for work in WORK[2:])),
    *_all("device-hours", DEFINED, "accelerator_hours <= 24 * n_accelerators * days"),
    *_all("FLOPs over time", "FLOPs = time × rate", *(
        f"{work} <= 3600e12 * {hours} * {rate}" for work, hours, rate in product(WORK, HOURS, RATES)
    )),
    *_all("peak", "no device exceeds its peak", *(
        f"{work} < 3600e12 * {hours} * peak_tflops" for work, hours in product(WORK, HOURS)
    )),
    *_all("utilisation", "Chowdhery et al. 2022, app. B", "tflops_per_accelerator = peak_tflops * mfu"),
    *_all("hardware FLOPs", "Chowdhery et al. 2022, app. B", "mfu < hfu"),
    *_all("recomputation", "Narayanan et al. 2021, eq. 3: at most one extra forward pass", "3 * hfu < 4 * mfu"),
    *_all("throughput", "Chowdhery et al. 2022, app. B", *(
        f"{rate} = 6e-12 * {params} * {tokens}"
        for params, (rate, tokens) in product(("n_params_active", "n_params"), (
            ("peak_tflops * mfu", "tokens_per_s_per_accelerator"),
            ("n_accelerators * peak_tflops * mfu", "tokens_per_s"),
            ("tflops_per_accelerator", "tokens_per_s_per_accelerator"),
            ("n_accelerators * tflops_per_accelerator", "tokens_per_s"),
        ))
    )),
    *_over_time("tokens over time", DEFINED, "n_tokens <= 3600 * {} * tokens_per_s_per_accelerator"),
    *_all("PFLOP/s", DEFINED, "1000 * pflops_all = n_accelerators * tflops_per_accelerator"),
    *_all("PFLOP/s and utilisation", DEFINED, "1000 * pflops_all = n_accelerators * peak_tflops * mfu"),
    *_all("steps", DEFINED, "n_tokens = batch_tokens * steps"),
    *_over_time("energy", PATTERSON, "energy_mwh = 1e-6 * {} * power_w * pue"),
    *_over_time("energy by rated power", PATTERSON, "energy_mwh = 1e-6 * {} * tdp_w * overhead"),
    *_all("CO2", PATTERSON, "co2_t = energy_mwh * carbon_t_per_mwh"),
    *_over_time("CO2 and hours", PATTERSON, "co2_t = 1e-6 * {} * power_w * pue * carbon_t_per_mwh"),
    *_over_time("CO2 and rated power", PATTERSON, "co2_t = 1e-6 * {} * tdp_w * overhead * carbon_t_per_mwh"),
    *_over_time("money", DEFINED, "cost_usd = {} * price_usd_per_hour"),
    *_all("peak and money", "no device exceeds its peak", *(
        f"{work} * price_usd_per_hour < 3600e12 * cost_usd * peak_tflops" for work in WORK
    )),
)  # fmt: skip
# Each is left out where one of the stricter relations beside it applies.
LOOSER = {
    "energy by rated power": ("energy",),
    "CO2 and hours": ("CO2",),
    "CO2 and rated power": ("CO2", "CO2 and hours"),
    "peak": ("FLOPs over time",),
    "peak and money": ("money",),
}
DEVICES = ("peak_tflops", "tdp_w")  # properties of the device, not of the row


@cache
def bounds() -> Mapping[str, Interval]:
    """The ranges of quantities that nobody prints, from tables/cost_bounds.csv."""
    return {row["name"]: Interval(Fraction(row["low"]), Fraction(row["high"])) for row in read("cost_bounds.csv")}


def relations(known: Mapping[str, Interval], borrowed: Iterable[str] = ()) -> list[Relation]:
    """The relations whose figures are all *known*, one of each name, without *borrowed* figures where possible."""
    found: dict[str, Relation] = {}
    for names in (known.keys() - set(borrowed), known.keys()):
        for relation in RELATIONS:
            if relation.name not in found and relation.factors[1].keys() <= names:
                found[relation.name] = relation
    return [r for name, r in found.items() if not found.keys() & set(LOOSER.get(name, ()))]


def quantities() -> dict[str, None]:
    """Every quantity in the equations, in order."""
    return {name: None for relation in RELATIONS for name in relation.factors[1]}


def multiplied(number: Fraction, powers: Mapping[str, int], known: Mapping[str, Interval]) -> Interval:
    """The product of *number* and the *known* quantities to their *powers*, which are 1 and −1."""
    low = high = number
    for name, power in powers.items():
        one = known[name]
        low, high = (low * one.low, high * one.high) if power > 0 else (low / one.high, high / one.low)
    return Interval(low, high)


def side(text: str, known: Mapping[str, Interval]) -> Interval:
    """The interval of one side of a formula."""
    number, powers = Fraction(1), {}
    for term in text.split(" * "):
        if term[0].isdigit():
            number *= Fraction(term)
        else:
            powers[term] = 1
    return multiplied(number, powers, known)
