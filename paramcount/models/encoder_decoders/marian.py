"""Marian: sinusoidal positions, and one vocabulary or two."""

from __future__ import annotations

from paramcount.blocks.attention import of_source
from paramcount.blocks.encoder_decoder import SHARED, layers, note_untied, sinusoids
from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import table
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.encoder_decoders.pegasus import PEGASUS


def marian(c: Config) -> Parts:
    """As in transformers 5.23.0's class: sinusoidal positions as frozen parameters; one vocabulary or two."""
    if c.task == "causal":
        return _marian_side(c, "decoder", "")
    is_shared, is_tied = c.flag("share_encoder_decoder_embeddings"), c.flag("tie_word_embeddings")
    if is_shared and not is_tied:
        note_untied(c)
    shared = (table("shared", c.size("vocab_size"), c.size("d_model")),) if is_shared else ()
    shares = SHARED if is_shared and is_tied else ""
    return (*shared, *of_source(_marian_side(c, "encoder", shares)), *_marian_side(c, "decoder", shares))


def _marian_side(c: Config, side: str, shares: str) -> Parts:
    n_vocab = c.size("vocab_size") if side == "encoder" or shares else _n_target(c)
    embedding = table(f"{side}.embed_tokens", n_vocab, c.size("d_model"), shares=shares)
    return embedding, sinusoids(c, side), layers(c, side)


def _n_target(c: Config) -> int:
    """The rows of a decoder's own vocabulary."""
    return c.size_or_none("decoder_vocab_size", 0) or c.size("vocab_size")


def _marian_lm(config: Config, prefix: str) -> Parts:
    is_shared, d_model = config.flag("share_encoder_decoder_embeddings"), config.size("d_model")
    if not config.flag("tie_word_embeddings"):
        n_vocab = config.size("vocab_size") if is_shared else _n_target(config)
        return (Part("lm_head", "output head", Head(n_vocab, d_model)),)
    if is_shared:
        return (Part("lm_head", "output head", Head(config.size("vocab_size"), d_model, f"{prefix}{SHARED}")),)
    return _marian_tied(config, prefix)


def _marian_causal(config: Config, prefix: str) -> Parts:
    if config.flag("tie_word_embeddings"):
        return _marian_tied(config, prefix)
    return (Part("lm_head", "output head", Head(config.size("vocab_size"), config.size("d_model"))),)


def _marian_tied(config: Config, prefix: str) -> Parts:
    """Logits tied to the decoder's embedding, with the size of the decoder's vocabulary."""
    tied_to = f"{prefix}decoder.embed_tokens.weight"
    return (Part("lm_head", "output head", Head(_n_target(config), config.size("d_model"), tied_to)),)


MARIAN = PEGASUS._replace(
    source="transformers 5.23.0",
    body=marian,
    heads={"base": no_head, "seq2seq": _marian_lm, "causal": _marian_causal},
)
