"""XLNet: Transformer-XL's relative positions, over all orders of the tokens."""

from __future__ import annotations

from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, layer_norm, table
from paramcount.blocks.products import Attend, Matrices
from paramcount.blocks.task_heads import answers, both, labels, no_head, one_layer, summary, vocabulary
from paramcount.blocks.wrapped import Often
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture


def relative(name: str, d_model: Size, n_heads: Size, d_head: Size, kernel: str) -> Parts:
    """The distance map, the vectors for the query's position and segment, and two segments' (Yang et al. 2019)."""
    biases = (bare(f"{name}.r_{own}_bias", "relative positions", n_heads, d_head) for own in "wrs")
    segments = bare(f"{name}.seg_embed", "relative positions", 2, n_heads, d_head)
    distances = Often(Matrices(kernel, (d_model, n_heads, d_head)), 2)  # before and after a token
    return (Part(name, "relative positions", distances), *biases, segments)


def xlnet(c: Config) -> Parts:
    """Yang et al. 2019, sec. 2: Transformer-XL's attention, and a vector that stands for a token to be predicted."""
    d_model, n_heads = c.size("d_model"), c.size("n_head")
    d_head = c.quotient("d_head", "d_model", "n_head")
    if c.get("d_head") != 0 and not c.agrees("d_head", d_head):
        raise c.refuse("d_head", f"valid: d_model / n_head = {d_head}")
    width = n_heads * d_head  # queries with keys, with twice as many distances, and weighted values
    one = (
        *(Part("rel_attn", "attention", Matrices(own, (d_model, n_heads, d_head))) for own in "qkvo"),
        Part("", "attention", Attend(3 * width, width, 0)),
        *relative("rel_attn", d_model, n_heads, d_head, "r"),
        layer_norm("rel_attn.layer_norm", d_model),
        *plain(d_model, c.size("d_inner"), name="ff", names=("layer_1", "layer_2")),
        layer_norm("ff.layer_norm", d_model),
    )
    return (
        table("word_embedding", c.size("vocab_size"), d_model),
        bare("mask_emb", "token embedding", 1, 1, d_model),
        Stack("layer", c.size("n_layer"), one),
    )


def _one_score(config: Config, prefix: str) -> Parts:
    return (dense("logits_proj", "classifier", config.size("hidden_size"), 1, bias=True),)


XLNET = Architecture(
    summary="encoder over all orders of the tokens, with Transformer-XL's relative positions",
    source="Yang et al. 2019, sec. 2",
    body=xlnet,
    heads={
        "base": no_head,
        "causal": vocabulary("lm_loss", width="d_model", embedding="word_embedding"),
        "sequence": both(summary, labels("logits_proj", bias=True)),
        "token": one_layer,
        "question": answers,
        "choice": both(summary, _one_score),
    },
    prefix="transformer",
)
