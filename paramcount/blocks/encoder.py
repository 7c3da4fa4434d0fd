"""Parts of encoders, under the names in BERT's released code."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, across, attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.keeps import Result
from paramcount.blocks.leaves import Dense
from paramcount.blocks.parts import dense, layer_norm, table
from paramcount.blocks.roles import Role
from paramcount.blocks.wrapped import Each
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.operation import SEQUENCE
from paramcount.ledger.tensor import Size

MAPS = ("self.query", "self.key", "self.value", "output.dense")


def tables(c: Config, width: str = "hidden_size", spare: int = 0) -> Parts:
    """Embeddings of tokens, positions and segments; *spare* rows of positions are never used."""
    d, n_ctx = c.size(width), c.size("max_position_embeddings")
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d),
        table("embeddings.position_embeddings", n_ctx + spare if spare else n_ctx, d, "position embedding"),
        table("embeddings.token_type_embeddings", c.size("type_vocab_size", 0), d, "segment embedding"),
    )


def embeddings(c: Config, width: str = "hidden_size", spare: int = 0) -> Parts:
    """Tokens, positions, segments, and a norm over their sum (Devlin et al. 2018, sec. 3)."""
    return (*tables(c, width, spare), layer_norm("embeddings.LayerNorm", c.size(width), component="embedding norm"))


def attends(
    h: Heads,
    name: str = "attention",
    maps: tuple[str, str, str, str] = MAPS,
    component: str = "attention",
) -> Parts:
    """The four maps of attention, each with a bias."""
    return attention(h, True, True, name, maps, component)


def cross(c: Config, norm: str = "output.LayerNorm") -> Parts:
    """Attention over an encoder's output and its norm, if the config asks for them; raises ConfigError."""
    if not c.flag("add_cross_attention"):
        return ()
    if not c.flag("is_decoder"):
        raise c.refuse("add_cross_attention", "valid: true only with is_decoder = true")
    h = whole_heads(c)
    return (*across(h, True, "crossattention", MAPS), layer_norm(f"crossattention.{norm}", h.d_model))


def feed_forward(c: Config) -> Parts:
    """Up and down (Vaswani et al. 2017, sec. 3.3)."""
    return plain(
        c.size("hidden_size"), c.size("intermediate_size"), name="", names=("intermediate.dense", "output.dense")
    )


def layer(c: Config, between: Parts = (), within: str = "output.LayerNorm", after: str = "output.LayerNorm") -> Parts:
    """Attention, what is *between*, feed-forward; norms are called *within* in attention and *after* in the layer."""
    h = whole_heads(c)
    norm = layer_norm(f"attention.{within}", h.d_model)
    return (*attends(h), norm, *between, *feed_forward(c), layer_norm(after, h.d_model))


def layers(c: Config, one: Parts, name: str = "encoder.layer") -> Stack:
    """As many copies of *one* layer as the config says."""
    return Stack(name, c.size("num_hidden_layers"), one)


def pooler(c: Config, tasks: frozenset[str], name: str = "pooler.dense", bias: bool = True) -> Parts:
    """A map of the first token's vector and a tanh, in the classes for *tasks* (Devlin et al. 2018, released code)."""
    d_model = c.size("hidden_size")
    first = of_the_first(d_model, name, bias)
    return (first, Part("", "pooler", Result(d_model, SEQUENCE))) if c.taken("pooler", c.task in tasks) else ()


def of_the_first(d_model: Size, name: str = "pooler.dense", bias: bool = True) -> Part:
    """A linear map applied only to the first token's vector."""
    return Part(name, "pooler", Each(Dense(d_model, d_model, bias), SEQUENCE))


def projection(c: Config, name: str, d_embedding: Size) -> Parts:
    """A map from embeddings *d_embedding* wide to the model's width, if the two differ."""
    d_model = c.size("hidden_size")
    return (dense(name, "projections", d_embedding, d_model, bias=True),) if d_embedding != d_model else ()


def linear_and_norm(name: str, component: str, d_in: Size, d_out: Size, role: Role | None = None) -> Parts:
    """A linear map followed by a norm."""
    return (dense(f"{name}.dense", component, d_in, d_out, True, role), layer_norm(f"{name}.LayerNorm", d_out))
