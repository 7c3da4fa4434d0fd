"""XLM: layers stored as lists of their parts, and language embeddings."""

from __future__ import annotations

from paramcount.blocks.attention import attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import dense, layer_norm, table
from paramcount.blocks.task_heads import labels, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.models.architecture import Architecture


def xlm(c: Config) -> Parts:
    """Lample and Conneau 2019: learned positions, languages if there are several, and norms after each sublayer."""
    if not c.flag("is_encoder"):
        raise c.refuse("is_encoder", "valid: true, the only value in transformers' class")
    h, n_layers = whole_heads(c), c.size("num_hidden_layers")
    d_model, d_ff = h.d_model, c.tied("d_ff", 4 * c.size("hidden_size"))
    names = ("q_lin", "k_lin", "v_lin", "out_lin")
    attn = attention(h, True, True, "", names)
    n_langs = c.size("n_langs") if c.flag("use_lang_emb") else 1
    languages = table("lang_embeddings", n_langs, d_model, "segment embedding")
    return (
        table("position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        *((languages,) if n_langs > 1 else ()),
        table("embeddings", c.size("vocab_size"), d_model),
        layer_norm("layer_norm_emb", d_model, component="embedding norm"),
        Stack("attentions", n_layers, attn),
        Stack("layer_norm1", n_layers, (layer_norm("", d_model),)),
        Stack("ffns", n_layers, plain(d_model, d_ff, name="", names=("lin1", "lin2"))),
        Stack("layer_norm2", n_layers, (layer_norm("", d_model),)),
    )


def lm_head_of(config: Config, prefix: str) -> Parts:
    if config.flag("asm"):
        raise config.refuse("asm", "valid: false, since an adaptive softmax is not supported")
    tied_to = f"{prefix}embeddings.weight" if config.flag("tie_word_embeddings") else ""
    head = Head(config.size("vocab_size"), config.size("hidden_size"), tied_to, bias=True)
    return (Part("pred_layer.proj", "output head", head),)


def _summary(config: Config, prefix: str) -> Parts:
    """One vector for all tokens, mapped to the labels or to its own width, or no map at all."""
    if config.get("summary_type") == "attn":
        raise config.refuse("summary_type", "valid: last, first, mean or cls_index")
    if not config.flag("summary_use_proj"):
        return ()
    width = config.n_labels() if config.flag("summary_proj_to_labels") else config.size("hidden_size")
    return (dense("sequence_summary.summary", "classifier", config.size("hidden_size"), width, bias=True),)


def _choice(config: Config, prefix: str) -> Parts:
    return (*_summary(config, prefix), dense("logits_proj", "classifier", config.n_labels(), 1, bias=True))


HEADS = {
    "base": no_head,
    "sequence": _summary,
    "token": labels("classifier", bias=True),
    "question": labels("qa_outputs", bias=True),
    "choice": _choice,
}
XLM = Architecture(
    summary="encoder with learned positions and languages, LayerNorm after each sublayer and a plain feed-forward",
    source="Lample and Conneau 2019",
    body=xlm,
    heads={**HEADS, "causal": lm_head_of},
    prefix="transformer",
)
