"""LongT5: T5 with an encoder attending locally."""

from __future__ import annotations

from paramcount.blocks.parts import rms_norm
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoder_decoders.t5 import T5, assembled, tied, with_first_positions


def longt5(c: Config) -> Parts:
    """Guo et al. 2021, sec. 3: as T5, with an encoder that attends locally, and optionally to summaries of blocks."""
    kind = c.get("encoder_attention_type")
    if kind == "local":
        return assembled(c, with_first_positions("LocalSelfAttention"))
    if kind != "transient-global":
        raise c.refuse("encoder_attention_type", "valid: local, transient-global")
    name = "TransientGlobalSelfAttention"
    norm = rms_norm(f"layer.0.{name}.global_input_layer_norm", c.size("d_model"))
    return assembled(c, with_first_positions(name, (norm,), "global_relative_attention_bias"))


LONGT5 = T5._replace(
    summary="T5's encoder and decoder, the encoder attending locally",
    source="Guo et al. 2021, sec. 3",
    body=longt5,
    heads={"base": no_head, "seq2seq": tied},
    own_head="",
    uncosted="attends in blocks of a padded source, each to its neighbours",
    caches=True,
)
