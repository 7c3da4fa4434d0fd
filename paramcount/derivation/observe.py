"""Builds a class on the meta device, where tensors have shapes but no data, and reads its parameters."""

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
    """The class is too slow to build as often as a formula needs."""


class TooManyError(Exception):
    """A point has many more tensors than the base."""


class Workshop:
    """Builds a subject at points, given as the values that differ from its base, and caches the results.

    *seconds* of CPU time limit all the work, including a single build: the clock is checked at every tensor.
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
        """The shape of every parameter, shared ones once; None if the class refuses the point."""
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
        """What the class computes with its fields at *point*; may be incomplete if it fails with traced numbers."""
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
        """Refuse points with more tensors from now on."""
        self.most = tensors

    def check(self) -> None:
        """Raise TooSlowError if the time is up, TooManyError if a build has made too many tensors."""
        self._made += 1
        if self._made > self.most:
            raise TooManyError(f"more than {self.most} tensors")
        self.check_time()

    def check_time(self) -> None:
        """Raise TooSlowError if the time is up."""
        if time.process_time() > self.until:
            said = f"{self.subject.name}: no formula after {self.builds} builds in {self.seconds:.0f} s"
            raise TooSlowError(f"{said}; valid: a class that builds faster")


def total(shapes: Shapes) -> int:
    """The number of parameters of these *shapes*."""
    return sum(map(math.prod, shapes.values()))
