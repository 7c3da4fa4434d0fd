"""Encoders of BERT's make that are told more than tokens: entities, tables, layout, markup, how signs sound."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, no_head
from paramcount.architectures.encoder_heads import (
    CLASSIFIERS,
    answers,
    bert_lm,
    one_layer,
    transform,
    two_layers,
)
from paramcount.architectures.encoder_parts import (
    cross,
    embeddings,
    layer,
    layers,
    pooler,
    square,
)
from paramcount.architectures.parts import bare, dense, layer_norm, plain, table
from paramcount.blocks.stored import Bare, Head
from paramcount.config import Config
from paramcount.model import Part, Stack
from paramcount.sized import Sized

_LUKE_POOLED = frozenset({"base", "masked", "sequence", "choice"})
_TAPAS_POOLED = frozenset({"base", "sequence"})
_ROC_BERT_POOLED = frozenset({"base", "pretraining", "sequence", "choice"})
_LILT_POOLED = frozenset({"base"})
_MARKUPLM_POOLED = frozenset({"base", "sequence"})


def _entities(c: Config) -> Parts:
    """Entities beside the words, with positions and segments of their own."""
    d_model, d_entity, name = c.size("hidden_size"), c.size("entity_emb_size"), "entity_embeddings"
    into = (dense(f"{name}.entity_embedding_dense", "projections", d_entity, d_model),) if d_entity != d_model else ()
    return (
        table(f"{name}.entity_embeddings", c.size("entity_vocab_size"), d_entity),
        *into,
        table(f"{name}.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        table(f"{name}.token_type_embeddings", c.size("type_vocab_size", 0), d_model, "segment embedding"),
        layer_norm(f"{name}.LayerNorm", d_model, component="embedding norm"),
    )


def luke(c: Config) -> Parts:
    """Yamada et al. 2020, sec. 3: words and entities, with queries by which of the two attends to which."""
    aware = c.flag("use_entity_aware_attention")
    queries = tuple(f"self.{kind}_query" for kind in ("w2e", "e2w", "e2e")) if aware else ()
    one = layer(c, square(c.size("hidden_size"), maps=queries))
    return (*embeddings(c), *_entities(c), layers(c, one), *pooler(c, _LUKE_POOLED))


def _luke_lm(config: Config, prefix: str) -> Parts:
    """Words by a table of their own, and entities by their embeddings."""
    tied, n_vocab, n_entities = (
        config.flag("tie_word_embeddings"),
        config.size("vocab_size"),
        config.size("entity_vocab_size"),
    )
    owner = f"{prefix}entity_embeddings.entity_embeddings.weight" if tied else ""
    entities = "entity_predictions.transform"
    before_words = transform("lm_head.dense", "lm_head.layer_norm")
    before_entities = transform(f"{entities}.dense", f"{entities}.LayerNorm", "entity_emb_size")
    return (
        *before_words(config, prefix),
        Part("lm_head.decoder", "output head", Head(n_vocab, config.size("hidden_size"), bias=True)),
        Part("lm_head", "output head", Bare("bias", (n_vocab,), shares="lm_head.decoder.bias" if tied else "")),
        *before_entities(config, prefix),
        Part("entity_predictions.decoder", "output head", Head(n_entities, config.size("entity_emb_size"), owner)),
        bare("entity_predictions.bias", "output head", n_entities),
    )


def tapas(c: Config) -> Parts:
    """Herzig et al. 2020, sec. 3: BERT with an embedding of each thing that is known of a cell."""
    d_model, kinds = c.size("hidden_size"), c.get("type_vocab_sizes")
    if not isinstance(kinds, list) or not all(type(rows) is int and rows >= 0 for rows in kinds):
        raise c.refuse("type_vocab_sizes", "valid: a list of whole numbers")
    cells = (
        table(
            f"embeddings.token_type_embeddings_{i}",
            c.named(f"n_segments_{i}", rows, f"type_vocab_sizes, number {i}"),
            d_model,
            "segment embedding",
        )
        for i, rows in enumerate(kinds)
    )
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        *cells,
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        layers(c, layer(c, cross(c))),
        *pooler(c, _TAPAS_POOLED),
    )


def roc_bert(c: Config) -> Parts:
    """Su et al. 2022: BERT that also knows how a sign sounds and looks."""
    d_model = c.size("hidden_size")
    d_sound, d_shape = c.size("pronunciation_embed_dim"), c.size("shape_embed_dim")
    d_in: Sized = d_model
    for d_extra, key in ((d_sound, "enable_pronunciation"), (d_shape, "enable_shape")):
        d_in = d_in + d_extra if c.flag(key) else d_in
    joined = c.flag("concat_input")
    return (
        *embeddings(c),
        table("embeddings.pronunciation_embed", c.size("pronunciation_vocab_size"), d_sound),
        table("embeddings.shape_embed", c.size("shape_vocab_size"), d_shape),
        *((dense("embeddings.map_inputs_layer", "projections", d_in, d_model, bias=True),) if joined else ()),
        layers(c, layer(c, cross(c))),
        *pooler(c, _ROC_BERT_POOLED),
    )


def _shrunk(c: Config, key: str, name: str) -> Sized:
    """The width under *key* that the layout's stream has."""
    return c.named(name, c.size(key) // c.size("channel_shrink_ratio"), f"{key} / channel_shrink_ratio, rounded down")


def _places(c: Config) -> Parts:
    """Where on the page a token is: four sides, joined, and a position of its own."""
    d_model, d_layout, name = c.size("hidden_size"), _shrunk(c, "hidden_size", "d_layout"), "layout_embeddings"
    d_side = c.named("d_side", d_model // 6, "hidden_size / 6, rounded down")
    rows, n_ctx = c.size("max_2d_position_embeddings"), c.size("max_position_embeddings")
    sides = (table(f"{name}.{side}_position_embeddings", rows, d_side, "position embedding") for side in "xyhw")
    return (
        *sides,
        table(f"{name}.box_position_embeddings", n_ctx, d_layout, "position embedding"),
        dense(f"{name}.box_linear_embeddings", "projections", d_model, d_layout, bias=True),
        layer_norm(f"{name}.LayerNorm", d_layout, component="embedding norm"),
    )


def lilt(c: Config) -> Parts:
    """Wang et al. 2022: RoBERTa, and a narrower stream of the same layers for the layout."""
    d_layout, d_ff = _shrunk(c, "hidden_size", "d_layout"), _shrunk(c, "intermediate_size", "d_layout_ff")
    maps = ("self.layout_query", "self.layout_key", "self.layout_value", "layout_output.dense")
    beside = (
        *square(d_layout, maps=maps),
        layer_norm("attention.layout_output.LayerNorm", d_layout),
        *plain(d_layout, d_ff, name="", names=("layout_intermediate.dense", "layout_output.dense")),
        layer_norm("layout_output.LayerNorm", d_layout),
    )
    return (*embeddings(c), *_places(c), layers(c, layer(c, beside)), *pooler(c, _LILT_POOLED))


def _paths(c: Config) -> Parts:
    """The steps of the path to a token's element: each a tag and a number, joined and mapped to the model's width."""
    d_model, d_step, n_steps = c.size("hidden_size"), c.size("xpath_unit_hidden_size"), c.size("max_depth")
    name = "embeddings.xpath_embeddings"
    n_tags, n_numbers = c.size("max_xpath_tag_unit_embeddings"), c.size("max_xpath_subs_unit_embeddings")
    return (
        Stack(f"{name}.xpath_tag_sub_embeddings", n_steps, (table("", n_tags, d_step, "position embedding"),)),
        Stack(f"{name}.xpath_subs_sub_embeddings", n_steps, (table("", n_numbers, d_step, "position embedding"),)),
        # The first of the three maps is in the class, and unused.
        dense(f"{name}.xpath_unitseq2_embeddings", "projections", d_step * n_steps, d_model, bias=True),
        dense(f"{name}.xpath_unitseq2_inner", "projections", d_step * n_steps, 4 * d_model, bias=True),
        dense(f"{name}.inner2emb", "projections", 4 * d_model, d_model, bias=True),
    )


def markuplm(c: Config) -> Parts:
    """Li et al. 2021: BERT with embeddings of the paths to the tokens' elements."""
    return (*embeddings(c), *_paths(c), layers(c, layer(c)), *pooler(c, _MARKUPLM_POOLED))


LUKE = Architecture(
    summary="RoBERTa's encoder of words and entities",
    source="Yamada et al. 2020, sec. 3",
    body=luke,
    heads={"base": no_head, "masked": _luke_lm, **CLASSIFIERS},
    prefix="luke",
)
TAPAS = Architecture(
    summary="BERT with embeddings of a table's cells",
    source="Herzig et al. 2020, sec. 3",
    body=tapas,
    heads={"base": no_head, "masked": bert_lm(), "sequence": one_layer},
    prefix="tapas",
)
ROC_BERT = Architecture(
    summary="BERT with embeddings of how signs sound and look",
    source="Su et al. 2022",
    body=roc_bert,
    heads={"base": no_head, "causal": bert_lm(), "masked": bert_lm(), "pretraining": bert_lm(), **CLASSIFIERS},
    prefix="roc_bert",
)
LILT = Architecture(
    summary="RoBERTa with a narrower stream for the layout",
    source="Wang et al. 2022",
    body=lilt,
    heads={"base": no_head, "sequence": two_layers, "token": one_layer, "question": answers},
    prefix="lilt",
)
MARKUPLM = Architecture(
    summary="BERT with embeddings of the paths in a marked-up text",
    source="Li et al. 2021",
    body=markuplm,
    heads={"base": no_head, "sequence": one_layer, "token": one_layer, "question": answers},
    prefix="markuplm",
)
