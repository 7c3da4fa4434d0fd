"""A first guess of a table's head: its family, what its columns hold, and the sizes that it does not print."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

