"""ESM-2 and ESM C: protein encoders."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads, whole_heads
from paramcount.blocks.decoder import decoder
from paramcount.blocks.encoder import attends, cross, feed_forward, layers, pooler
from paramcount.blocks.feedforward import gated
from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import bare, dense, idle, layer_norm, rms_norm, table
from paramcount.blocks.task_heads import TOKENS, both, labels, no_head, one_layer, transform, two_layers, vocabulary
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture


def _pre_norm_attention(c: Config) -> Parts:
    h = whole_heads(c)
    return (*attends(h), layer_norm("attention.LayerNorm", h.d_model))


def esm(c: Config) -> Parts:
    """Rives et al. 2019 and Lin et al. 2022: norms before each sublayer, and a map from all heads to contacts."""
    d_model, n_layers, n_heads = c.size("hidden_size"), c.size("num_hidden_layers"), c.size("num_attention_heads")
    learned = c.get("position_embedding_type") == "absolute"
    normed = c.get("emb_layer_norm_before") is not None and c.flag("emb_layer_norm_before")
    n_ctx = c.size("max_position_embeddings")
    across = cross(c, "LayerNorm")
    one = (
        *_pre_norm_attention(c),
        *across,
        *feed_forward(c),
        layer_norm("LayerNorm", d_model),
    )
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        *((table("embeddings.position_embeddings", n_ctx, d_model, "position embedding"),) if learned else ()),
        *((layer_norm("embeddings.layer_norm", d_model, component="embedding norm"),) if normed else ()),
        layers(c, one),
        layer_norm("encoder.emb_layer_norm_after", d_model, component="final norm"),
        idle(dense("contact_head.regression", "contact head", n_layers * n_heads, 1, bias=True)),
        *pooler(c, frozenset({"base"})),
    )


def _esm_lm(config: Config, prefix: str) -> Parts:
    n_vocab = config.size("vocab_size")
    tied_to = f"{prefix}{TOKENS}.weight" if config.flag("tie_word_embeddings") else ""
    return (
        *transform("lm_head.dense", "lm_head.layer_norm")(config, prefix),
        Part("lm_head.decoder", "output head", Head(n_vocab, config.size("hidden_size"), tied_to)),
        bare("lm_head.bias", "output head", n_vocab),
    )


def esmc(c: Config) -> Parts:
    """A protein encoder as in transformers 5.23.0: LayerNorms, and norms over all heads' queries and keys."""
    d_model, bias = whole_heads(c).d_model, c.flag("attention_bias")
    h = heads(c)
    if not c.equals(h.n_kv_heads, h.n_heads):
        raise c.refuse("num_key_value_heads", f"valid: num_attention_heads = {h.n_heads}")
    norms = (layer_norm("input_layernorm", d_model), layer_norm("post_attention_layernorm", d_model))
    qk_norms = (rms_norm("self_attn.q_norm", d_model), rms_norm("self_attn.k_norm", d_model))
    mlp = gated(d_model, c.size("intermediate_size"), c.flag("mlp_bias"))
    return decoder(c, attention(h, bias, bias), qk_norms, mlp, norms)


ESM = Architecture(
    summary="protein encoder with norms before each sublayer",
    source="Lin et al. 2022",
    body=esm,
    heads={"base": no_head, "masked": _esm_lm, "sequence": two_layers, "token": one_layer},
    prefix="esm",
)
ESMC = Architecture(
    summary="protein encoder with rotary positions and norms over queries and keys",
    source="transformers 5.23.0",
    body=esmc,
    heads={
        "base": no_head,
        "masked": both(transform("lm_head.dense", "lm_head.layer_norm"), vocabulary("lm_head.decoder", embedding="")),
        "sequence": two_layers,
        "token": labels(bias=True),
    },
    prefix="esmc",
)
