"""LUKE: RoBERTa with entities."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.encoder import embeddings, layer, layers, pooler
from paramcount.blocks.leaves import Bare, Head
from paramcount.blocks.parts import bare, dense, idle, layer_norm, table
from paramcount.blocks.roles import QUERY
from paramcount.blocks.task_heads import CLASSIFIERS, no_head, transform
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture

_LUKE_POOLED = frozenset({"base", "masked", "sequence", "choice"})


def _entities(c: Config) -> Parts:
    """Entities beside the words, with their own positions and segments."""
    d_model, d_entity, name = c.size("hidden_size"), c.size("entity_emb_size"), "entity_embeddings"
    narrower = idle(dense(f"{name}.entity_embedding_dense", "projections", d_entity, d_model))
    into = (narrower,) if d_entity != d_model else ()
    return (
        table(f"{name}.entity_embeddings", c.size("entity_vocab_size"), d_entity),
        *into,
        table(f"{name}.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        table(f"{name}.token_type_embeddings", c.size("type_vocab_size", 0), d_model, "segment embedding"),
        layer_norm(f"{name}.LayerNorm", d_model, component="embedding norm"),
    )


def luke(c: Config) -> Parts:
    """Yamada et al. 2020, sec. 3: words and entities, with a query map for each pair of the two."""
    aware = c.flag("use_entity_aware_attention")
    h, kinds = whole_heads(c), ("w2e", "e2w", "e2e") if aware else ()
    width = h.n_heads * h.d_head
    names = (f"attention.self.{kind}_query" for kind in kinds)
    one = layer(c, tuple(idle(dense(name, "attention", h.d_model, width, True, QUERY)) for name in names))
    return (*embeddings(c), *_entities(c), layers(c, one), *pooler(c, _LUKE_POOLED))


def _luke_lm(config: Config, prefix: str) -> Parts:
    """Words by a separate table, and entities by their embeddings."""
    tied, n_vocab, n_entities = (
        config.flag("tie_word_embeddings"),
        config.size("vocab_size"),
        config.size("entity_vocab_size"),
    )
    owner = f"{prefix}entity_embeddings.entity_embeddings.weight" if tied else ""
    entities = "entity_predictions.transform"
    before_words = transform("lm_head.dense", "lm_head.layer_norm")
    head = Head(n_entities, config.size("entity_emb_size"), owner)
    before_entities = transform(f"{entities}.dense", f"{entities}.LayerNorm", "entity_emb_size")
    return (
        *before_words(config, prefix),
        Part("lm_head.decoder", "output head", Head(n_vocab, config.size("hidden_size"), bias=True)),
        Part("lm_head", "output head", Bare("bias", (n_vocab,), shares="lm_head.decoder.bias" if tied else "")),
        *(idle(part) for part in before_entities(config, prefix) if isinstance(part, Part)),
        idle(Part("entity_predictions.decoder", "output head", head)),
        bare("entity_predictions.bias", "output head", n_entities),
    )


LUKE = Architecture(
    summary="RoBERTa's encoder for words and entities",
    source="Yamada et al. 2020, sec. 3",
    body=luke,
    heads={"base": no_head, "masked": _luke_lm, **CLASSIFIERS},
    prefix="luke",
)
