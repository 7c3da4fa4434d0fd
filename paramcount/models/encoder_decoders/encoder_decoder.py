"""Two models in one: any encoder's body, and a language model that attends to it."""

from __future__ import annotations

from typing import Any

from paramcount.blocks.attention import of_source
from paramcount.blocks.parts import dense
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.config.types import known
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture, within
from paramcount.models.registry import architecture_of

BERT_KIN = ("bert", "roberta", "camembert", "xlm-roberta", "bert-generation")
ENCODERS = (*BERT_KIN, "distilbert", "albert")
DECODERS = (*BERT_KIN, "gpt2")
# transformers 5.23.0's values where the config has null.
DEFAULTS: dict[str, dict[str, Any]] = {"encoder": {}, "decoder": {"is_decoder": True, "add_cross_attention": True}}


def encoder_decoder(c: Config) -> Parts:
    """Rothe et al. 2019: two models with their own configs, and a map between their widths if they differ."""
    if c.get("tie_encoder_decoder"):
        raise c.refuse("tie_encoder_decoder", "valid: false, since transformers 5.23.0's class shares no layers")
    encoder, decoder = _inner(c, "encoder", "base", ENCODERS), _inner(c, "decoder", "causal", DECODERS)
    projection = of_source(_projection(encoder, decoder))
    return (*of_source(_parts("encoder", encoder)), *_parts("decoder", decoder), *projection)


def _inner(c: Config, side: str, task: str, valid: tuple[str, ...]) -> Config:
    document = DEFAULTS[side] if c.get(side) is None else c.get(side)
    model_type = document.get("model_type", "bert") if isinstance(document, dict) else ""
    about = known(model_type) if model_type in valid else None
    if about is None:
        raise c.refuse(side, f"valid: the config of one of {', '.join(valid)}")
    inner = c.within(side, document, about)
    inner.task = task
    return inner


def _parts(side: str, inner: Config) -> Parts:
    architecture = architecture_of(inner.model_type)
    assert architecture is not None
    return tuple(within(f"{side}.", part) for part in architecture.build(inner).parts)


def _projection(encoder: Config, decoder: Config) -> Parts:
    d_encoder, d_decoder = encoder.size("hidden_size"), decoder.size("hidden_size")
    attended = decoder.size_or_none("cross_attention_hidden_size")
    if attended not in (None, d_encoder):
        raise decoder.refuse("cross_attention_hidden_size", f"valid: the encoder's width, {d_encoder}, or nothing")
    if attended is not None or d_encoder == d_decoder:
        return ()
    return (dense("enc_to_dec_proj", "projections", d_encoder, d_decoder, bias=True),)


ENCODER_DECODER = Architecture(
    summary="an encoder, and a language model that attends to it",
    source="Rothe et al. 2019; transformers 5.23.0",
    body=encoder_decoder,
    heads={"seq2seq": no_head},
    prefix="",
)
