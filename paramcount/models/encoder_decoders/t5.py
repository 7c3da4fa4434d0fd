"""T5: an encoder and a decoder with relative positions, RMSNorm and no biases."""

from __future__ import annotations

from collections.abc import Callable

from paramcount.blocks.attention import Heads, across, attention, of_source
from paramcount.blocks.feedforward import gated, plain
from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import rms_norm, table
from paramcount.blocks.task_heads import AddHead, both, hidden, labels, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import LEARNED_ACTIVATIONS, Architecture

MAPS = ("q", "k", "v", "o")
ENCODER_ALONE = ("encoder", "token")  # tasks whose class has no decoder
Side = Callable[[Config, str], Parts]  # the layers of "encoder" or "decoder", between tokens and final norm


def assembled(c: Config, side: Side, shares: str = "shared.weight") -> Parts:
    """One embedding, and the stacks from *side* under encoder and decoder names, each with a final norm.

    If *shares* is "", encoder and decoder also have separate embeddings.
    """
    d_model = c.size("d_model")
    parts: Parts = (table("shared", c.size("vocab_size"), d_model),)
    for name in sides(c):
        tokens = table(f"{name}.embed_tokens", c.size("vocab_size"), d_model, shares=shares)
        one = side(c, name) if name == "decoder" or c.task in ENCODER_ALONE else of_source(side(c, name))
        parts = (*parts, tokens, *one, rms_norm(f"{name}.final_layer_norm", d_model, "final norm"))
    return parts


def sides(c: Config) -> tuple[str, ...]:
    """The stacks the class has; raises ConfigError if an encoder-only class should be a decoder."""
    if c.task not in ENCODER_ALONE:
        return ("encoder", "decoder")
    if c.flag("is_decoder"):
        raise c.refuse("is_decoder", "valid for this class: false")
    return ("encoder",)


def depth(c: Config, side: str) -> Sized:
    """The layers of a stack; the decoder has as many as the encoder unless the config gives another number."""
    c.under_own_name("num_layers")
    n_layers = c.size("num_layers")
    return n_layers if side == "encoder" else c.size_or_none("num_decoder_layers") or n_layers


def t5(c: Config) -> Parts:
    """Raffel et al. 2019, sec. 2.1: the first layer of each stack has the relative positions for all of them."""
    return assembled(c, with_first_positions("SelfAttention"))


def with_first_positions(encoder: str, more: Parts = (), second: str = "") -> Side:
    """A stack with relative positions only in its first layer; *encoder* is the name of attention in the encoder.

    An encoder's layer also has *more*, and its first a *second* table of positions.
    """

    def side(c: Config, name: str) -> Parts:
        own = encoder if name == "encoder" else "SelfAttention"
        layer = (*sublayers(c, name, own), *(more if name == "encoder" else ()))
        first = f"{name}.block.0.layer.0.{own}"
        others = (positions(c, first, second),) if second and name == "encoder" else ()
        return (Stack(f"{name}.block", depth(c, name), layer), positions(c, first), *others)

    return side


def positions(c: Config, attends: str, name: str = "relative_attention_bias") -> Part:
    """A number for each head and each bucket of distances (Raffel et al. 2019, sec. 2.1)."""
    return table(
        f"{attends}.{name}", c.size("relative_attention_num_buckets"), c.size("num_heads"), "relative positions"
    )


def sublayers(c: Config, side: str, attends: str = "SelfAttention") -> Parts:
    """Attention, in a decoder also attention to the encoder, and the feed-forward, each with a norm before it."""
    at = 2 if side == "decoder" else 1
    return (*attending(c, side, attends), *_feed_forward(c, f"layer.{at}.DenseReluDense"), norm(c, at))


def attending(c: Config, side: str, name: str = "SelfAttention") -> Parts:
    """A layer without its feed-forward."""
    n_heads = c.size("num_heads")
    h = Heads(c.size("d_model"), n_heads, n_heads, c.size("d_kv"))
    own = (*attention(h, name=f"layer.0.{name}", names=MAPS), norm(c, 0))
    if side == "encoder":
        return own
    cross = across(h, name="layer.1.EncDecAttention", names=MAPS)
    return (*own, *cross, norm(c, 1))


def norm(c: Config, at: int) -> Part:
    """The norm of sublayer *at* in a layer."""
    return rms_norm(f"layer.{at}.layer_norm", c.size("d_model"))


def _feed_forward(c: Config, name: str) -> Parts:
    """Plain, or gated as in T5 1.1 (Shazeer 2020)."""
    d_model, d_ff = c.size("d_model"), c.size("d_ff")
    if not _is_gated(c):
        return plain(d_model, d_ff, bias=False, name=name, names=("wi", "wo"))
    return gated(d_model, d_ff, name=name, names=("wi_0", "wi_1", "wo"))


def _is_gated(c: Config) -> bool:
    said = c.get("feed_forward_proj")
    *gate, activation = said.split("-") if isinstance(said, str) else [""]
    if gate not in ([], ["gated"]) or activation in ("", "gated", *LEARNED_ACTIVATIONS):
        raise c.refuse(
            "feed_forward_proj",
            "valid: an activation without parameters, optionally with gated- before it, as in gated-gelu",
        )
    stated = c.given.get("is_gated_act", bool(gate))
    if not isinstance(stated, bool | None):
        raise c.refuse("is_gated_act", "valid: true or false")
    if bool(stated) is not bool(gate):
        note = f"is_gated_act = {str(bool(stated)).lower()} overrides feed_forward_proj = {said}, as in transformers."
        c.notes += [note] if note not in c.notes else []
    return bool(stated)


def _own_or_tied(config: Config, prefix: str) -> Parts:
    """Logits with the embedding's weights, or separate ones if the config says so, as in T5 1.1."""
    own = config.get("tie_word_embeddings") is not None and not config.flag("tie_word_embeddings")
    if own:
        config.notes.append(
            "tie_word_embeddings = false: the output head is counted as a separate tensor, as in released weights; "
            "transformers 5.23.0's class still ties it."
        )
    head = Head(config.size("vocab_size"), config.size("d_model"), "" if own else f"{prefix}shared.weight")
    return (Part("lm_head", "output head", head),)


def tied(config: Config, prefix: str) -> Parts:
    """Logits with the embedding's weights, whatever the config says, as in released LongT5 weights."""
    if config.get("tie_word_embeddings") is False:
        config.notes.append(
            "tie_word_embeddings = false does not affect the output head of this type, which is tied in released "
            "weights and in transformers 5.23.0's class."
        )
    head = Head(config.size("vocab_size"), config.size("d_model"), f"{prefix}shared.weight")
    return (Part("lm_head", "output head", head),)


classification: AddHead = both(
    hidden("classification_head.dense", "d_model"), labels("classification_head.out_proj", "d_model", bias=True)
)
T5 = Architecture(
    summary="encoder and decoder with relative positions and RMSNorm",
    source="Raffel et al. 2019, sec. 2.1",
    body=t5,
    heads={
        "base": no_head,
        "seq2seq": _own_or_tied,
        "encoder": no_head,
        "sequence": classification,
        "token": labels("classifier", "d_model", bias=True),
        "question": labels("qa_outputs", "d_model", bias=True),
    },
    prefix="",
    prefixes={"sequence": "transformer", "token": "transformer"},
    own_head="lm_head",
)
