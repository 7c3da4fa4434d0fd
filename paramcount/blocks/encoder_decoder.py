"""Parts of fairseq-style encoder-decoders, under the names in BART's released code."""

from __future__ import annotations

from collections.abc import Callable

from paramcount.blocks.attention import Heads, across, attention, of_source
from paramcount.blocks.feedforward import plain
from paramcount.blocks.leaves import Sinusoids
from paramcount.blocks.parts import layer_norm, table
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size

MAPS = ("q_proj", "k_proj", "v_proj", "out_proj")
SHARED = "shared.weight"
Side = Callable[[Config, str], Parts]  # the parts of "encoder" or "decoder"


def assembled(c: Config, side: Side) -> Parts:
    """One embedding, and *side* under encoder and decoder names; only the decoder in a language model."""
    if c.task == "causal":
        return side(c, "decoder")
    if not c.flag("tie_word_embeddings"):
        note_untied(c)
    shared = table("shared", c.size("vocab_size"), c.size("d_model"))
    return (shared, *of_source(side(c, "encoder")), *side(c, "decoder"))


def note_untied(c: Config) -> None:
    """Note that transformers' class has three embeddings if weights are untied."""
    c.notes.append(
        "tie_word_embeddings = false: encoder and decoder are counted with their own embeddings besides the shared "
        "one, as in transformers 5.23.0's class."
    )


def tokens(c: Config, side: str) -> Part:
    """The embedding of a side: the shared one, or its own in a decoder alone or if weights are untied."""
    shares = SHARED if c.task != "causal" and c.flag("tie_word_embeddings") else ""
    return table(f"{side}.embed_tokens", c.size("vocab_size"), c.size("d_model"), shares=shares)


def positions(c: Config, side: str, more: int = 0, key: str = "max_position_embeddings") -> Part:
    """A row for each position, plus *more* extra rows."""
    return table(f"{side}.embed_positions", c.size(key) + more, c.size("d_model"), "position embedding")


def sinusoids(c: Config, side: str) -> Part:
    """A row for each position, computed and not trained."""
    block = Sinusoids(c.size("max_position_embeddings"), c.size("d_model"))
    return Part(f"{side}.embed_positions", "position embedding", block)


def norm(c: Config, name: str) -> Part:
    """A norm within a layer."""
    return layer_norm(name, c.size("d_model"))


def embedding_norm(c: Config, side: str) -> Part:
    """The norm after the embeddings."""
    return layer_norm(f"{side}.layernorm_embedding", c.size("d_model"), component="embedding norm")


def final_norm(c: Config, side: str) -> Part:
    """The norm after the last layer."""
    return layer_norm(f"{side}.layer_norm", c.size("d_model"), component="final norm")


def width(c: Config, side: str) -> Sized:
    """The model's width, which the side's heads must divide evenly; raises ConfigError."""
    c.quotient(f"d_{side}_head", "d_model", f"{side}_attention_heads")
    return c.size("d_model")


def square(
    d_model: Size,
    bias: bool = True,
    name: str = "self_attn",
    maps: tuple[str, str, str, str] = MAPS,
    component: str = "attention",
) -> Parts:
    """Attention whose heads together are as wide as the model, with or without biases on all maps."""
    return attention(Heads(d_model, 1, 1, d_model), bias, bias, name, maps, component)


def cross(d_model: Size, bias: bool = True, name: str = "encoder_attn") -> Parts:
    """A decoder's attention to the encoder's output (Vaswani et al. 2017, sec. 3.2.3)."""
    return across(Heads(d_model, 1, 1, d_model), bias, name, MAPS)


def feed_forward(c: Config, side: str) -> Parts:
    """Up and down, and a norm (Vaswani et al. 2017, sec. 3.3)."""
    sizes = c.size("d_model"), c.size(f"{side}_ffn_dim")
    return (*plain(*sizes, name="", names=("fc1", "fc2")), norm(c, "final_layer_norm"))


def decoder_layer(c: Config, bias: bool = True) -> Parts:
    """Self-attention, attention to the encoder, and the feed-forward, each with a norm."""
    d_model = width(c, "decoder")
    return (
        *square(d_model, bias),
        norm(c, "self_attn_layer_norm"),
        *cross(d_model, bias),
        norm(c, "encoder_attn_layer_norm"),
        *feed_forward(c, "decoder"),
    )


def layer(c: Config, side: str) -> Parts:
    """A layer of either side."""
    if side == "decoder":
        return decoder_layer(c)
    return (*square(width(c, side)), norm(c, "self_attn_layer_norm"), *feed_forward(c, side))


def layers(c: Config, side: str, one: Parts | None = None) -> Stack:
    """As many copies of *one* layer, or of the usual one, as the config says for the side."""
    return Stack(f"{side}.layers", c.size(f"{side}_layers"), layer(c, side) if one is None else one)
