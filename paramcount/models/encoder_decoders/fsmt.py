"""FSMT: translation with a vocabulary for each language."""

from __future__ import annotations

from paramcount.blocks.attention import of_source
from paramcount.blocks.encoder_decoder import layers
from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import table
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture


def fsmt(c: Config) -> Parts:
    """Ng et al. 2019, as in transformers 5.23.0's class: the head inside the decoder, positions as parameters."""
    n_target, d_model = c.size("tgt_vocab_size"), c.size("d_model")
    target = "decoder.embed_tokens"
    shares = f"{target}.weight" if c.flag("tie_word_embeddings") else ""
    n_source = n_target if shares else c.size("src_vocab_size")
    return (
        table("encoder.embed_tokens", n_source, d_model, shares=shares),
        *of_source(_fsmt_side(c, "encoder")),
        table(target, n_target, d_model),
        *_fsmt_side(c, "decoder"),
        Part("decoder.output_projection", "output head", Head(n_target, d_model, shares)),
    )


def _fsmt_side(c: Config, side: str) -> Parts:
    """Positions are numbered from after the padding token's id; the rows before are unused."""
    n_rows = c.size("max_position_embeddings") + c.size("pad_token_id", least=0) + 1
    rows: Part = table(f"{side}.embed_positions", n_rows, c.size("d_model"), "position embedding")
    return rows, layers(c, side)


FSMT = Architecture(
    summary="encoder and decoder with separate vocabularies and sinusoidal positions",
    source="Ng et al. 2019; transformers 5.23.0",
    body=fsmt,
    heads={"base": no_head, "seq2seq": no_head},
)
