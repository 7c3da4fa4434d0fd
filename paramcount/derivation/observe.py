"""The parameters of a class as it is built on the meta device, where tensors have shapes and no data."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

from paramcount.classes.meta import shapes_alone, watched
from paramcount.derivation.subject import Subject
from paramcount.derivation.trace import Trace, TracedText, traced, tracing
from paramcount.errors import InputError

Shapes = dict[str, tuple[int, ...]]


class TooSlowError(InputError):
    """The class takes too long to be built as often as a formula needs."""


class TooManyError(Exception):
    """A point has many more tensors than the base."""


class Workshop:
    """Builds a subject at points, a point being the values that differ from its base; remembers what came out.

    *seconds*, of the processor's time, bound the whole work, a single build included: every tensor that a build makes
    looks at the clock.
    """

    def __init__(self, subject: Subject, seconds: float):
        self.subject = subject
        self.until = time.process_time() + seconds
        self.seconds = seconds
        self.failures: dict[str, str] = {}
        self.builds = 0
        self.most = 10**9
        self._made = 0
        self._seen: dict[str, Shapes | None] = {}

    def shapes(self, point: Mapping[str, Any]) -> Shapes | None:
        """The shape of every parameter, one that is shared once; None where the class refuses the point."""
        key = repr(sorted(point.items()))
        if key not in self._seen:
            try:
                self._seen[key] = self._built(point)
            except TooSlowError:
                raise
            except Exception as error:
                said = str(error).strip().splitlines() or [""]
                self.failures[key] = f"{type(error).__name__}: {said[0][:160]}"
                self._seen[key] = None
        return self._seen[key]

    def failure(self, point: Mapping[str, Any]) -> str:
        """Why the class refused *point*."""
        return self.failures.get(repr(sorted(point.items())), "")

    def trace(self, point: Mapping[str, Any]) -> Trace:
        """What the class computes with its fields at *point*; little or nothing where it minds being watched."""
        values = self.subject.at(point)
        watched: dict[str, Any] = {}
        for field, value in values.items():
            if type(value) is int:
                watched[field] = traced(field, value)
            elif type(value) is str:
                watched[field] = TracedText.of(field, value)
        with tracing() as trace:
            try:
                self._built({**point, **watched})
            except TooSlowError:
                raise
            except Exception:
                pass
        return trace

    def _built(self, point: Mapping[str, Any]) -> Shapes:
        self.builds += 1
        self._made = 0
        with shapes_alone(), watched(self.check):
            module = self.subject.build(point)
        return {name: tuple(int(n) for n in tensor.shape) for name, tensor in module.named_parameters()}

    def limit(self, tensors: int) -> None:
        """From here on refuse points with more tensors."""
        self.most = tensors

    def check(self) -> None:
        """Raise TooSlowError where the time is up, TooManyError where a build has made too many tensors."""
        self._made += 1
        if self._made > self.most:
            raise TooManyError(f"more than {self.most} tensors")
        self.check_time()

    def check_time(self) -> None:
        """Raise TooSlowError where the time is up."""
        if time.process_time() > self.until:
            said = f"{self.subject.name}: {self.builds} builds took {self.seconds:.0f} s, and no formula is proven yet"
            raise TooSlowError(f"{said}; valid: classes that can be built in less")


def total(shapes: Shapes) -> int:
    """The parameters of tensors of these shapes."""
    return sum(map(math.prod, shapes.values()))
