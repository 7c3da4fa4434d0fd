"""BERT and RoBERTa, and the encoders that differ from them in norms, tables or heads alone."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, no_head
from paramcount.architectures.encoder_heads import (
    CLASSIFIERS,
    DEEPER_CLASSIFIERS,
    ROBERTA_LM,
    bert_lm,
    both,
    two_answers,
    vocabulary,
)
from paramcount.architectures.encoder_parts import cross, embeddings, layer, layers, pooler, tables
from paramcount.architectures.parts import dense, layer_norm, table
from paramcount.config import Config

BERT_POOLED = frozenset({"base", "pretraining", "sequence", "choice", "next-sentence"})
ROBERTA_POOLED = frozenset({"base", "choice"})


def bert(c: Config) -> Parts:
    """Devlin et al. 2018, sec. 3: norms after attention and feed-forward, and a pooler of the first token."""
    return (*embeddings(c), layers(c, layer(c, cross(c))), *pooler(c, BERT_POOLED))


def roberta(c: Config) -> Parts:
    """As BERT; max_position_embeddings includes the rows that its code keeps for padding (Liu et al. 2019)."""
    return (*embeddings(c), layers(c, layer(c, cross(c))), *pooler(c, ROBERTA_POOLED))


def roberta_prelayernorm(c: Config) -> Parts:
    """RoBERTa with its norms before attention and feed-forward, and one at the end."""
    final = layer_norm("LayerNorm", c.size("hidden_size"), component="final norm")
    within = layer(c, cross(c, "LayerNorm"), "LayerNorm", "intermediate.LayerNorm")
    return (*embeddings(c), layers(c, within), final, *pooler(c, ROBERTA_POOLED))


def xlm_roberta_xl(c: Config) -> Parts:
    """Goyal et al. 2021: RoBERTa with norms before attention and feed-forward, none after the embeddings."""
    final = layer_norm("encoder.LayerNorm", c.size("hidden_size"), component="final norm")
    within = layer(c, cross(c, "self_attn_layer_norm"), "self_attn_layer_norm", "LayerNorm")
    return (*tables(c), layers(c, within), final, *pooler(c, ROBERTA_POOLED))


def megatron_bert(c: Config) -> Parts:
    """Shoeybi et al. 2019: BERT with norms before attention and feed-forward, none after the embeddings."""
    final = layer_norm("encoder.ln", c.size("hidden_size"), component="final norm")
    return (*tables(c), layers(c, layer(c, cross(c, "ln"), "ln", "ln")), final, *pooler(c, BERT_POOLED))


def ernie(c: Config) -> Parts:
    """BERT with an embedding of the task, where use_task_id asks for it (Sun et al. 2019)."""
    tasks: Parts = ()
    if c.flag("use_task_id"):
        name, n_tasks = "embeddings.task_type_embeddings", c.size("task_type_vocab_size", 0)
        tasks = (table(name, n_tasks, c.size("hidden_size"), "segment embedding"),)
    return (*embeddings(c), *tasks, layers(c, layer(c, cross(c))), *pooler(c, BERT_POOLED))


def ibert(c: Config) -> Parts:
    """RoBERTa in whole numbers, which is never a decoder (Kim et al. 2021)."""
    return (*embeddings(c), layers(c, layer(c)), *pooler(c, ROBERTA_POOLED))


def bert_generation(c: Config) -> Parts:
    """BERT without segments and without a pooler (Rothe et al. 2019)."""
    d_model = c.size("hidden_size")
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        layers(c, layer(c, cross(c))),
    )


def layoutlm(c: Config) -> Parts:
    """BERT with embeddings of where on the page each token is, and how large (Xu et al. 2019)."""
    rows, d_model = c.size("max_2d_position_embeddings"), c.size("hidden_size")
    places = (table(f"embeddings.{side}_position_embeddings", rows, d_model, "position embedding") for side in "xyhw")
    return (*embeddings(c), *places, layers(c, layer(c)), dense("pooler.dense", "pooler", d_model, d_model, bias=True))


_BERT_HEADS = {
    "base": no_head,
    "causal": bert_lm(),
    "masked": bert_lm(),
    "pretraining": both(bert_lm(), two_answers()),
    "next-sentence": two_answers(),
    **CLASSIFIERS,
}
BERT = Architecture(
    summary="encoder with learned positions, segments and norms after each sublayer",
    source="Devlin et al. 2018, sec. 3",
    body=bert,
    heads=_BERT_HEADS,
    prefix="bert",
)
ERNIE = BERT._replace(
    summary="BERT with an embedding of the task", source="Sun et al. 2019", body=ernie, prefix="ernie"
)
MEGATRON_BERT = BERT._replace(
    summary="BERT with norms before each sublayer", source="Shoeybi et al. 2019", body=megatron_bert
)
ROBERTA = BERT._replace(
    summary="BERT's encoder, trained on masked tokens alone",
    source="Liu et al. 2019",
    body=roberta,
    heads={"base": no_head, "causal": ROBERTA_LM, "masked": ROBERTA_LM, **DEEPER_CLASSIFIERS},
    prefix="roberta",
)
DATA2VEC_TEXT = ROBERTA._replace(source="Baevski et al. 2022", prefix="data2vec_text")
IBERT = ROBERTA._replace(
    summary="RoBERTa in whole numbers",
    source="Kim et al. 2021",
    body=ibert,
    heads={"base": no_head, "masked": ROBERTA_LM, **DEEPER_CLASSIFIERS},
    prefix="ibert",
)
XLM_ROBERTA_XL = ROBERTA._replace(
    summary="RoBERTa with norms before each sublayer", source="Goyal et al. 2021", body=xlm_roberta_xl
)
ROBERTA_PRELAYERNORM = ROBERTA._replace(
    summary="RoBERTa with norms before each sublayer",
    source="transformers 5.23.0",
    body=roberta_prelayernorm,
    prefix="roberta_prelayernorm",
)
BERT_GENERATION = BERT._replace(
    summary="BERT without segments and pooler, as either half of an encoder-decoder",
    source="Rothe et al. 2019",
    body=bert_generation,
    heads={"base": no_head, "causal": vocabulary("lm_head.decoder", "lm_head")},
)
LAYOUTLM = BERT._replace(
    summary="BERT with embeddings of places on a page",
    source="Xu et al. 2019",
    body=layoutlm,
    heads={"base": no_head, "masked": bert_lm(), **CLASSIFIERS},
    prefix="layoutlm",
)
