"""Conventions for counting the FLOPs of training, each with its name and its paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.passes import FORWARD_AND_BACKWARD
from paramcount.costs.run import Run
from paramcount.costs.stated import Costed
from paramcount.costs.work import multiplied

EXACT = "exact, pairs that the mask lets through"  # the others are shown as shares of it


class Convention(NamedTuple):
    """A way of counting the FLOPs of training, its *name*, and the *source* that it is from."""

    name: str
    flops: int
    source: str


def conventions(spec: Spec, cost: Costed, run: Run, tokens: int) -> list[Convention]:
    """The FLOPs of training on *tokens* tokens, in sequences as long as *run*'s, under each convention."""
    model = spec.model()
    ways = [
        ("6N, all parameters", 6 * model.total(), "Kaplan et al. 2020, sec. 2.1"),
        ("6N, non-embedding", 6 * model.non_embedding(), "Kaplan et al. 2020, sec. 2.1"),
        ("6 × weights multiplied by a token", 6 * int(multiplied(cost.work)), "every product with a weight"),
    ]
    if model.active() != model.total():
        ways.append(("6N, active", 6 * model.active(), "Jiang et al. 2024, sec. 2.1"))
    found = [Convention(name, per_token * tokens, source) for name, per_token, source in ways]
    found += [exact(cost, run, tokens, attention) for attention in ("needed", "computed")]
    return [*found, *_of_papers(spec.sizes, model.total(), run.seq, tokens)]


def exact(cost: Costed, run: Run, tokens: int, attention: str = "needed") -> Convention:
    """The exact FLOPs forward and backward, with pairs as *attention* says, in sequences as long as *run*'s."""
    one = run._replace(batch=1, cached=0, attention=attention)
    forward = cost.flops(one)
    name = EXACT if attention == "needed" else "exact, all pairs"
    return Convention(name, FORWARD_AND_BACKWARD * forward * tokens // run.seq, "products of weights and of attention")


def _of_papers(s: Mapping[str, Any], total: int, seq: int, tokens: int) -> Iterator[Convention]:
    """The conventions of papers on their own architectures, if *s* has the sizes that they use."""
    if not {"n_layers", "n_heads", "d_head"} <= s.keys():
        return
    width = s["n_heads"] * s["d_head"]
    attention = 12 * s["n_layers"] * width * seq
    yield Convention("PaLM: 6N + 12·L·H·Q·T", (6 * total + attention) * tokens, "Chowdhery et al. 2022, app. B")
    if {"d_ff", "d_model", "n_vocab"} <= s.keys():
        yield Convention(
            "Chinchilla: embedding, softmax, all pairs",
            _chinchilla(s, width, seq) * tokens // seq,
            "Hoffmann et al. 2022, app. F",
        )


def _chinchilla(s: Mapping[str, Any], width: int, seq: int) -> int:
    """Hoffmann et al. 2022, app. F: embeddings, softmax and all pairs are counted."""
    table = 2 * seq * s["n_vocab"] * s["d_model"]
    maps = 2 * 4 * seq * s["d_model"] * width
    pairs = 2 * 2 * seq * seq * width + 3 * s["n_heads"] * seq * seq
    dense = 2 * 2 * seq * s["d_model"] * s["d_ff"]
    return FORWARD_AND_BACKWARD * int(2 * table + s["n_layers"] * (maps + pairs + dense))
