"""NeoMME: Llama's layers with bidirectional attention, over text and image patches."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.leaves import Bare, Head
from paramcount.blocks.parts import bare, dense, idle, layer_norm, table
from paramcount.blocks.products import Matrices
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.models.architecture import Architecture


def _patches(c: Config) -> Parts:
    """Square patches of an image; the class takes any number of them, or none."""
    d_model, side = c.size("hidden_size"), c.size("patch_size")
    d_patch = 3 * side * side
    return (
        layer_norm("patch_embeddings.norm", d_patch, component="image patches"),
        idle(dense("patch_embeddings.up_proj", "image patches", d_patch, 2 * d_model)),
        idle(dense("patch_embeddings.down_proj", "image patches", 2 * d_model, d_model, bias=True)),
    )


def neomme(c: Config) -> Parts:
    """As in transformers 5.23.0's class: factorised embeddings, gated attention, and a table of values."""
    d_model, rank, n_vocab = c.size("hidden_size"), c.size("embedding_rank"), c.size("vocab_size")
    bias, mlp_bias, h = c.flag("attention_bias"), c.flag("mlp_bias"), heads(c)
    c.divides(h.n_kv_heads, h.n_heads)  # otherwise the class refuses the config
    gate, out = "self_attn.output_projection.gate_proj", "output_projection.o_proj"
    one = (
        *attention(h, bias, bias, names=("q_proj", "k_proj", "v_proj", out)),
        dense(gate, "attention", d_model, h.n_heads * h.d_head),
        bare("self_attn.exclusive_self_attention.alpha", "attention", h.n_heads),
        *plain(d_model, c.size("intermediate_size"), mlp_bias),
        Part("", "residual weights", Bare("lambdas", (2,))),
    )
    return (
        table("embed_tokens.word_embeddings", n_vocab, rank),
        dense("embed_tokens.embedding_projection", "projections", rank, d_model),
        *_patches(c),
        Stack("layers", c.size("num_hidden_layers"), one),
        table("value_embeddings", n_vocab, h.n_kv_heads * h.d_head),
    )


def _neomme_lm(config: Config, prefix: str) -> Parts:
    """The embeddings' two factors again, shared or separate."""
    rank, tied = config.size("embedding_rank"), config.flag("tie_word_embeddings")
    own = f"{prefix}embed_tokens"
    shares = f"{own}.embedding_projection.weight" if tied else ""
    projection = Matrices("weight", (config.size("hidden_size"), rank), shares)
    head = Head(config.size("vocab_size"), rank, f"{own}.word_embeddings.weight" if tied else "")
    return (Part("unembedding_projection", "projections", projection), Part("lm_head", "output head", head))


NEOMME = Architecture(
    summary="encoder with factorised embeddings, gated attention and a table of values",
    source="transformers 5.23.0",
    body=neomme,
    heads={"base": no_head, "masked": _neomme_lm},
)
