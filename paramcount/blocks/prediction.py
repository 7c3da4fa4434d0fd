"""Modules for multi-token prediction: norms, a map of two halves, and a layer."""

from __future__ import annotations

from paramcount.blocks.decoder import Make
from paramcount.blocks.parts import dense, rms_norm
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.sized import Sized

AHEAD = "multi-token prediction"  # their component


def as_a_layer(c: Config, name: str, n_modules: Sized, layer: Make, at: tuple[int, ...] = ()) -> Parts:
    """DeepSeek-AI 2024b, sec. 2.2: modules that each predict one more token, in the stack *name*, numbered *at*.

    Each norms the hidden state and the next token's embedding, maps both to one width and has a *layer* and a norm; the
    embedding and the head are the model's.
    """
    module = (*_before(c, "enorm", "hnorm", "eh_proj"), *layer(c), rms_norm("shared_head.norm", c.size("hidden_size")))
    return (Stack(name, n_modules, _ahead(*module), at),)


def apart(c: Config, n_layers: Sized, layer: Make) -> Parts:
    """The same in Qwen3-Next's form: one module, outside the model, with several layers."""
    before = _before(c, "mtp.pre_fc_norm_embedding", "mtp.pre_fc_norm_hidden", "mtp.fc")
    norm = rms_norm("mtp.norm", c.size("hidden_size"))
    return _ahead(*before, Stack("mtp.layers", n_layers, layer(c)), norm)


def _before(c: Config, embedded: str, seen: str, joins: str) -> Parts:
    d_model = c.size("hidden_size")
    return rms_norm(embedded, d_model), rms_norm(seen, d_model), dense(joins, AHEAD, 2 * d_model, d_model)


def _ahead(*parts: Part | Stack) -> Parts:
    return tuple(
        part._replace(layer=_ahead(*part.layer)) if isinstance(part, Stack) else part._replace(component=AHEAD)
        for part in parts
    )


def without_prediction(c: Config, key: str = "num_nextn_predict_layers") -> None:
    """Note that there are such modules whose contents are unknown."""
    if c.get(key):
        c.notes.append(
            f"{key} = {c.get(key)}: modules for multi-token prediction are not counted, since transformers' class "
            "lacks them and drops them on loading; a checkpoint may have them."
        )
