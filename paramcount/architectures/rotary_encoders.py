"""Encoders with rotary positions: decoders' layers that see both ways, and BERT's layers without position tables."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, labels, no_head, spans
from paramcount.architectures.encoder_heads import (
    DEEPER_CLASSIFIERS,
    ROBERTA_LM,
    answers,
    both,
    hidden,
    one_layer,
    transform,
    two_layers,
    vocabulary,
)
from paramcount.architectures.encoder_parts import pooler
from paramcount.architectures.llama import decoder, llama
from paramcount.architectures.parts import (
    attention,
    bare,
    dense,
    gated,
    heads,
    layer_norm,
    plain,
    rms_norm,
    table,
    whole_heads,
)
from paramcount.blocks.stored import Bare, Head
from paramcount.config import Config
from paramcount.model import Part, Stack

_POOLED_TO_CLASSIFY = frozenset({"sequence"})
_JINA_POOLED = frozenset({"base"})


def _eurobert_lm(config: Config, prefix: str) -> Parts:
    """Logits over the vocabulary; the switch of the feed-forward's biases gives them one too."""
    tied_to = f"{prefix}embed_tokens.weight" if config.flag("tie_word_embeddings") else ""
    head = Head(config.size("vocab_size"), config.size("hidden_size"), tied_to, config.flag("mlp_bias"))
    return (Part("lm_head", "output head", head),)


def _ultrabert_lm(config: Config, prefix: str) -> Parts:
    """A narrow transform, and logits over the vocabulary."""
    d_model, d_narrow = config.size("hidden_size"), config.size("prediction_head_size")
    tied_to = f"{prefix}embed_tokens.weight" if config.flag("tie_word_embeddings") else ""
    return (
        dense("head.linear1", "head transform", d_model, d_narrow),
        dense("head.linear2", "head transform", d_narrow, d_model),
        Part("head.decoder", "output head", Head(config.size("vocab_size"), d_model, tied_to)),
    )


def esmc(c: Config) -> Parts:
    """An encoder of proteins as transformers 5.23.0 has it: LayerNorms, and norms over all heads' queries and keys."""
    d_model, bias = whole_heads(c), c.flag("attention_bias")
    h = heads(c)
    if h.n_kv_heads != h.n_heads:
        raise c.refuse("num_key_value_heads", f"valid: num_attention_heads = {h.n_heads}")
    norms = (layer_norm("input_layernorm", d_model), layer_norm("post_attention_layernorm", d_model))
    qk_norms = (rms_norm("self_attn.q_norm", d_model), rms_norm("self_attn.k_norm", d_model))
    mlp = gated(d_model, c.size("intermediate_size"), c.flag("mlp_bias"))
    return decoder(c, attention(h, bias, bias), qk_norms, mlp, norms)


def _post_norm(c: Config, maps: Parts, feed_forward: Parts, pooled: frozenset[str]) -> Parts:
    """Tokens and segments; attention by *maps* and *feed_forward*, each with a norm after."""
    d_model, n_segments = c.size("hidden_size"), c.size("type_vocab_size", 0)
    one = (
        *maps,
        layer_norm("post_attention_layernorm", d_model),
        *feed_forward,
        layer_norm("post_mlp_layernorm", d_model),
    )
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.token_type_embeddings", n_segments, d_model, "segment embedding"),
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        Stack("layers", c.size("num_hidden_layers"), one),
        *pooler(c, pooled),
    )


def nomic_bert(c: Config) -> Parts:
    """Nussbaum et al. 2024: BERT with rotary positions, a gated feed-forward and no biases in its maps."""
    h = heads(c)._replace(n_kv_heads=c.size("num_attention_heads"))
    mlp = gated(c.size("hidden_size"), c.size("intermediate_size"))
    return _post_norm(c, attention(h), mlp, _POOLED_TO_CLASSIFY)


def gte(c: Config) -> Parts:
    """Zhang et al. 2024: BERT with rotary positions and a gated feed-forward, whose last map alone has a bias."""
    h = heads(c)._replace(n_kv_heads=c.size("num_attention_heads"))
    d_model, d_ff = c.size("hidden_size"), c.size("intermediate_size")
    mlp = (*gated(d_model, d_ff)[:2], dense("mlp.down_proj", "feed-forward", d_ff, d_model, bias=True))
    parts = _post_norm(c, attention(h, True, True), mlp, _POOLED_TO_CLASSIFY)
    return parts if c.size("type_vocab_size", 0) else (parts[0], *parts[2:])


def jina_embeddings_v3(c: Config) -> Parts:
    """Sturua et al. 2024: XLM-RoBERTa with rotary positions; the adapters are no part of the class."""
    h = heads(c)._replace(n_kv_heads=c.size("num_attention_heads"))
    mlp = plain(c.size("hidden_size"), c.size("intermediate_size"), names=("fc1", "fc2"))
    return _post_norm(c, attention(h, True, True), mlp, _JINA_POOLED)


def _patches(c: Config) -> Parts:
    """Square patches of an image, of which the class takes any number or none."""
    d_model, side = c.size("hidden_size"), c.size("patch_size")
    d_patch = 3 * side * side
    return (
        layer_norm("patch_embeddings.norm", d_patch, component="image patches"),
        dense("patch_embeddings.up_proj", "image patches", d_patch, 2 * d_model),
        dense("patch_embeddings.down_proj", "image patches", 2 * d_model, d_model, bias=True),
    )


def neomme(c: Config) -> Parts:
    """As transformers 5.23.0's class has it: factorized embeddings, gated attention, and a table of values."""
    d_model, rank, n_vocab = c.size("hidden_size"), c.size("embedding_rank"), c.size("vocab_size")
    bias, mlp_bias, h = c.flag("attention_bias"), c.flag("mlp_bias"), heads(c)
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
    """The embeddings' two factors again, as they are or of its own."""
    rank, tied = config.size("embedding_rank"), config.flag("tie_word_embeddings")
    own = f"{prefix}embed_tokens"
    projection = Bare(
        "weight", (config.size("hidden_size"), rank), f"{own}.embedding_projection.weight" if tied else ""
    )
    head = Head(config.size("vocab_size"), rank, f"{own}.word_embeddings.weight" if tied else "")
    return (Part("unembedding_projection", "projections", projection), Part("lm_head", "output head", head))


EUROBERT = Architecture(
    summary="Llama's layers, seeing both ways",
    source="Boizard et al. 2025",
    body=llama,
    heads={
        "base": no_head,
        "masked": _eurobert_lm,
        "sequence": both(hidden("dense"), one_layer),
        "token": one_layer,
    },
)
ULTRABERT = EUROBERT._replace(
    source="transformers 5.23.0",
    heads={"base": no_head, "masked": _ultrabert_lm, "sequence": one_layer, "token": one_layer, "question": spans()},
)
ESMC = Architecture(
    summary="encoder of proteins with rotary positions and norms over queries and keys",
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
NOMIC_BERT = Architecture(
    summary="BERT with rotary positions and a gated feed-forward",
    source="Nussbaum et al. 2024",
    body=nomic_bert,
    heads={
        "base": no_head,
        "masked": both(
            transform("cls.predictions.transform.dense", "cls.predictions.transform.layer_norm"),
            vocabulary("cls.predictions.decoder", "cls.predictions"),
        ),
        "sequence": one_layer,
        "token": one_layer,
    },
    prefix="nomic_bert",
)
GTE = Architecture(
    summary="BERT with rotary positions and a gated feed-forward",
    source="Zhang et al. 2024",
    body=gte,
    heads={
        "base": no_head,
        "masked": both(transform("lm_head.dense", "lm_head.layer_norm"), vocabulary("lm_head.decoder")),
        "sequence": one_layer,
        "token": one_layer,
    },
    prefix="gte",
)
JINA_EMBEDDINGS_V3 = Architecture(
    summary="XLM-RoBERTa with rotary positions",
    source="Sturua et al. 2024",
    body=jina_embeddings_v3,
    heads={
        "base": no_head,
        "masked": ROBERTA_LM,
        "sequence": DEEPER_CLASSIFIERS["sequence"],
        "token": one_layer,
        "question": answers,
    },
    prefix="roberta",
)
NEOMME = Architecture(
    summary="encoder with factorized embeddings, gated attention and a table of values",
    source="transformers 5.23.0",
    body=neomme,
    heads={"base": no_head, "masked": _neomme_lm},
)
