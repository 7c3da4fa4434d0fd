"""What fits a device: the fewest devices for a run, and the largest batch and context on so many, over all layouts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.asked import footprint
from paramcount.costs.memory.divided import cached_numbers
from paramcount.costs.memory.footprint import INFERENCE, TRAINING
from paramcount.costs.memory.layout import Layout, Rank
from paramcount.costs.memory.per_device import cache_width, divisible, per_device, recipe_of, weights_bytes
from paramcount.costs.memory.placed import Laid, laid
from paramcount.costs.memory.search import MOST, Asked, Shape, fewest, shapes_of
from paramcount.costs.run import Run
from paramcount.errors import InputError

DEVICES, BATCH, CONTEXT = "fewest devices", "largest batch", "largest context"
FARTHEST = 2**60  # tokens or sequences; beyond any device's memory


class Fitting(NamedTuple):
    """The *value* of what is asked by its *name*, the *layout* that it takes, and its busiest *rank* and its *bytes*.

    *value* is None where there is none, and *why* says why; of a value it says what is to be known.
    """

    name: str
    value: int | None
    layout: Layout | None = None
    rank: Rank | None = None
    bytes: int | None = None
    why: str = ""


def fits(
    spec: Spec, run: Run | None, purpose: str, given: Mapping[str, Any], memory: int, asked: Asked
) -> list[Fitting]:
    """The answers for devices of so much *memory*; *run* states the batch and context that are not asked for.

    Raises InputError where options leave open how the model divides, or it does not divide as *asked*.
    """
    divisible(asked.zero or 0, purpose, given)
    least = (asked.tp or 1) * (asked.pp or 1) * (asked.dp or asked.ep or 1)
    if asked.devices and least > asked.devices:
        raise InputError(f"devices = {asked.devices}: tp · pp · dp = {least}; valid: --devices {least} or more")
    question = Question(spec, laid(spec), run, given, memory, asked)
    return question.answering() if purpose == INFERENCE else question.trained()


class Question(NamedTuple):
    """What is asked: see `fits`."""

    spec: Spec
    model: Laid
    run: Run | None
    given: Mapping[str, Any]
    memory: int
    asked: Asked

    def trained(self) -> list[Fitting]:
        """Devices for weights, gradients and optimizer states, and with activations where they are stated."""
        by, said = recipe_of(self.given), f"up to {self.asked.devices or MOST:,} devices"
        alone = fewest(self.model, by, self.memory, self.asked, _nothing)
        name = f"{DEVICES}, without activations"
        if alone is None:
            return [Fitting(name, None, why=f"none of {said}")]
        answers = [Fitting(name, alone.layout.devices, alone.layout, alone.rank, alone.bytes)]
        activations = self._activations(self.run)
        if self.run is None or activations is None:
            return [*answers, Fitting(BATCH, None, why="activations are not stated for this type")]
        whole = fewest(self.model, by, self.memory, self.asked, _undivided(activations))
        if whole is None:
            return [*answers, Fitting(DEVICES, None, why=f"none of {said} whose layers are not divided")]
        answers.append(Fitting(DEVICES, whole.layout.devices, whole.layout, whole.rank, whole.bytes))
        on = self.asked._replace(devices=self._number(whole.layout))
        emptiest = fewest(self.model, by, self.memory, on, _undivided(0), exactly=True)
        if emptiest is None:
            return [*answers, Fitting(BATCH, None, why=f"none on {on.devices:,} devices whose layers are not divided")]
        for name, run in self._longer():
            largest = _largest(lambda n, run=run: emptiest.bytes + self._kept(run(n)) <= self.memory)  # type: ignore[misc]
            taken = emptiest.bytes + self._kept(run(largest))
            why = (self._positions(largest) if name == CONTEXT else "") if largest else "not one"
            answers.append(Fitting(name, largest or None, emptiest.layout, emptiest.rank, taken, why))
        return answers

    def answering(self) -> list[Fitting]:
        """Devices for weights and cache; each of the copies on more devices answers its own batch."""
        whole = footprint(self.spec, self.run, INFERENCE, self.given)
        if whole.cache and self.model.uneven:
            why = "what windows and states keep is not divided here"
            whole = whole._replace(cache=None, reasons={"cache": why})
        stated, most = whole.cache is not None, self.asked.devices or MOST
        name = DEVICES if stated else f"{DEVICES}, without the cache"
        shapes = list(shapes_of(self.model, self.asked, most, self._cached if whole.cache else _nothing))
        tokens = self.run.batch * self.run.seq if whole.cache and self.run else 0
        copies = [(shape, self.asked.dp or shape.ep) for shape in shapes]
        sizes = [(shape.layout(0, dp), *_taken(self, shape, tokens)) for shape, dp in copies]
        holding = [one for one in sizes if one[1] <= self.memory and one[0].devices <= most]
        if not holding:
            return [Fitting(name, None, why=f"none of up to {most:,} devices")]
        layout, nbytes, stage = min(holding, key=lambda one: (one[0].devices, one[1]))
        least = Fitting(name, layout.devices, layout, Rank(stage), nbytes)
        if whole.cache:
            return [least, *self._batch_and_context(shapes, self._number(layout))]
        return [least, Fitting(BATCH, None, why="it keeps no cache" if stated else f"cache: {whole.reasons['cache']}")]

    def _batch_and_context(self, shapes: list[Shape], devices: int) -> list[Fitting]:
        """The largest batch of a copy and the largest context, on just so many devices."""
        assert self.run is not None
        fitting = [(shape, _most_tokens(self, shape)) for shape in shapes if self._on(shape, devices)]
        shape, tokens = max(fitting, key=lambda one: one[1], default=(None, 0))
        found = []
        for name, each in ((BATCH, self.run.seq), (CONTEXT, self.run.batch)):
            if shape is None or tokens < each:
                found.append(Fitting(name, None, why=f"none on {devices:,} devices"))
                continue
            nbytes, stage = _taken(self, shape, tokens // each * each)
            layout = shape.layout(0, devices // (shape.tp * shape.pp))
            found.append(Fitting(name, tokens // each, layout, Rank(stage), nbytes))
        return [self._as_far_as_stated(one) if one.name == CONTEXT else one for one in found]

    def _on(self, shape: Shape, devices: int) -> bool:
        """Whether copies of *shape* are on just so many devices, and as many as are asked for."""
        copies, rest = divmod(devices, shape.tp * shape.pp)
        return not rest and not copies % shape.ep and self.asked.dp in (None, copies)

    def _as_far_as_stated(self, answer: Fitting) -> Fitting:
        """The context up to which the cache is stated, where a window ends that before."""
        run = self.run
        if (
            run is None
            or answer.value is None
            or answer.layout is None
            or self._is_stated(run._replace(seq=answer.value))
        ):
            return answer._replace(why=self._positions(answer.value))
        until = _largest(lambda seq: self._is_stated(run._replace(seq=seq)))
        whole = footprint(self.spec, run._replace(seq=until), INFERENCE, self.given)
        at = per_device(self.spec, whole, answer.layout, self.given)
        why = "the cache of longer ones is not stated"
        return answer._replace(value=until, bytes=at.footprint.stated, rank=at.rank, why=why)

    def _is_stated(self, run: Run) -> bool:
        return footprint(self.spec, run, INFERENCE, self.given).cache is not None

    def _positions(self, seq: int | None) -> str:
        positions = self.spec.sizes.get("n_ctx")
        return f"the model has {positions:,} positions" if positions and seq and seq > positions else ""

    def _number(self, least: Layout) -> int:
        """The devices for the largest batch: as many as are asked for, where the copies are left open."""
        return self.asked.devices if self.asked.devices and self.asked.dp is None else least.devices

    def _cached(self, tp: int, pp: int) -> int | None:
        """Nothing besides; None where the heads of the cache are not divided by *tp*."""
        layout = Layout(tp=tp, pp=pp)
        return None if any(cached_numbers(self.model, layout, stage) is None for stage in range(pp)) else 0

    def _activations(self, run: Run | None) -> int | None:
        return footprint(self.spec, run, TRAINING, self.given).activations

    def _kept(self, run: Run) -> int:
        return self._activations(run) or 0

    def _longer(self) -> list[tuple[str, Callable[[int], Run]]]:
        run = self.run
        assert run is not None
        return [
            (BATCH, lambda batch: run._replace(batch=batch)),
            (CONTEXT, lambda seq: run._replace(seq=seq)),
        ]


def _nothing(tp: int, pp: int) -> int:
    return 0


def _undivided(activations: int) -> Callable[[int, int], int | None]:
    """Activations where a rank has whole layers and all of them; else they are not stated."""
    return lambda tp, pp: activations if tp == pp == 1 else None


def _taken(asked: Question, shape: Shape, tokens: int) -> tuple[int, int]:
    """What the busiest rank takes with so many tokens in its cache, and its stage."""
    sums = [(weights + tokens * per_token, stage) for stage, weights, per_token in _stages(asked, shape)]
    return max(sums, key=lambda one: (one[0], -one[1]))


def _most_tokens(asked: Question, shape: Shape) -> int:
    """The tokens whose cache fits every stage."""
    left = [((asked.memory - weights), per_token) for _, weights, per_token in _stages(asked, shape)]
    if any(memory < 0 for memory, _ in left):
        return 0
    return min((memory // per_token for memory, per_token in left if per_token), default=FARTHEST)


def _stages(asked: Question, shape: Shape) -> list[tuple[int, int, int]]:
    """The stages that differ, the bytes of their weights and of a token in their cache."""
    layout, width = shape.layout(0, shape.ep), cache_width(asked.given)
    return [
        (stage, weights_bytes(parts, asked.given), width * (cached_numbers(asked.model, layout, stage) or 0))
        for stage, parts in shape.stages
    ]


def _largest(holds: Callable[[int], bool]) -> int:
    """The largest number up to which *holds* is true, 0 where it is not of 1."""
    high = 1
    while holds(high) and high < FARTHEST:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
