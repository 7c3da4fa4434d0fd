"""Notes on a checkpoint: what was left out, which tensors are not parameters, and which are shared."""

from __future__ import annotations

from paramcount.checkpoint import Checkpoint
from paramcount.checkpoint.alone import unknown_words
from paramcount.checkpoint.held import Held
from paramcount.checkpoint.names import is_buffer, is_head
from paramcount.checkpoint.patterns import pattern

MOST = 8  # names in a line
EMBEDDINGS = ("embed_tokens", "wte", "tok_embeddings", "word_embeddings", "embed_in", "embeddings", "token_embd")


def said_of(checkpoint: Checkpoint) -> list[str]:
    """Where in the file the weights are, what beside them is not counted, and the training arguments stored there."""
    wrapped, lines = checkpoint.wrapped, []
    if wrapped.within:
        left = [f"{name} ({held})" if held else name for name, held in wrapped.left.items()]
        beside = f"; left out: {_some(left)}" if left else ""
        lines.append(f"The weights are under “{wrapped.within}”{beside}.")
    if wrapped.arguments:
        arguments = [f"{name} = {_word(value)}" for name, value in wrapped.arguments.items()]
        lines.append(f"Arguments stored with it: {_some(arguments)}.")
    return lines


def buffers_said(checkpoint: Checkpoint, weights: list[Held]) -> list[str]:
    """Which stored *weights* are buffers or shared, judging by their names alone, for a checkpoint without a config."""
    buffers = [one for one in weights if is_buffer(one.name, one.shapes[0], one.stored[0].dtype)]
    open_ = any(len(one.shapes) > 1 for one in weights) or unknown_words(weights)
    params = sum(one.params for one in weights) - sum(one.params for one in buffers)
    lines = []
    if buffers:
        names = _some(list(dict.fromkeys(pattern(one.name) for one in buffers)))
        rest = "" if open_ else f"; without them there are {params:,}"
        elements = sum(one.elements for one in buffers)
        lines.append(f"Judging by their names, {elements:,} of these are buffers, not parameters ({names}){rest}.")
    if checkpoint.shared:
        pairs = [f"{name} is {owner}" for name, owner in checkpoint.shared.items()]
        lines.append(f"Shared, and counted once: {_some(pairs)}.")
    return lines if open_ else [*lines, *_tied(weights, params)]


def _tied(weights: list[Held], params: int) -> list[str]:
    """A note that an output head of the embedding's shape may be tied to it, which no header says."""
    table = next((one for one in weights if _is_table(one)), None)
    heads = [one for one in weights if table and is_head(one.name) and one.shapes == table.shapes]
    if not (table and len(heads) == 1):
        return []
    same = f"{heads[0].name} has the same shape as {table.name}"
    return [f"{same}: if they are tied, they are stored twice and there are {params - table.params:,} parameters."]


def _is_table(weight: Held) -> bool:
    return len(weight.shapes[0]) == 2 and any(part in EMBEDDINGS for part in weight.name.split("."))


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST:,} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more


def _word(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else "none" if value is None else str(value)
