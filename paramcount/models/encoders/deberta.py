"""DeBERTa: attention with separate maps for content and relative positions."""

from __future__ import annotations

from paramcount.blocks.attention import attend, projections, qkv, whole_heads
from paramcount.blocks.encoder import feed_forward, layers
from paramcount.blocks.leaves import Convolution
from paramcount.blocks.parts import bare, dense, fused, layer_norm, table
from paramcount.blocks.products import Product
from paramcount.blocks.roles import OUTPUT
from paramcount.blocks.task_heads import answers, bert_lm, both, choice, no_head, one_layer, transform, width_of
from paramcount.blocks.wrapped import Each, Often
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.operation import ONCE
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture


def _on(c: Config, key: str) -> bool:
    """A switch that older configs lack."""
    return c.get(key) is not None and c.flag(key)


def _positive(c: Config, key: str) -> Sized | None:
    """The size under *key*, or None if it is absent or -1."""
    value = c.get(key)
    return c.size(key) if value is not None and (not isinstance(value, int) or value > 0) else None


def _kinds(c: Config) -> list[str]:
    """Which of c2p and p2c attention has, from a list or a text separated by bars."""
    kinds = c.get("pos_att_type") or []
    kinds = [one.strip() for one in kinds.lower().split("|")] if isinstance(kinds, str) else kinds
    if not isinstance(kinds, list):
        raise c.refuse("pos_att_type", "valid: c2p, p2c, p2c|c2p, or a list of them")
    return kinds


def _front(c: Config) -> Parts:
    """Tokens; positions and segments if the config has them; a projection if the embeddings are narrower."""
    d_model, d_embedding = c.size("hidden_size"), width_of(c, "embedding_size")
    parts = [table("embeddings.word_embeddings", c.size("vocab_size"), d_embedding)]
    if c.flag("position_biased_input"):
        n_ctx = c.size("max_position_embeddings")
        parts.append(table("embeddings.position_embeddings", n_ctx, d_embedding, "position embedding"))
    if n_segments := c.size("type_vocab_size", 0):
        parts.append(table("embeddings.token_type_embeddings", n_segments, d_embedding, "segment embedding"))
    if d_embedding != d_model:
        parts.append(dense("embeddings.embed_proj", "projections", d_embedding, d_model))
    return (*parts, layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"))


def _layer(c: Config, maps: Parts) -> Parts:
    """The *maps* into attention, and the rest of a layer as in BERT."""
    h = whole_heads(c)
    d_model = h.d_model
    return (
        *maps,
        attend(h),
        dense("attention.output.dense", "attention", h.n_heads * h.d_head, d_model, True, OUTPUT),
        layer_norm("attention.output.LayerNorm", d_model),
        *feed_forward(c),
        layer_norm("output.LayerNorm", d_model),
    )


def _positions(c: Config, rows: Size) -> Parts:
    """Embeddings of distances up to *rows* either way (He et al. 2020, sec. 3.1)."""
    return (table("encoder.rel_embeddings", 2 * rows, c.size("hidden_size"), "relative positions"),)


def deberta(c: Config) -> Parts:
    """He et al. 2020, sec. 3: one map for queries, keys and values; biases only on queries and values."""
    h, n_heads, kinds = whole_heads(c), c.size("num_attention_heads"), _kinds(c)
    d_model, width = h.d_model, n_heads * h.d_head
    own, relative = "attention.self", c.flag("relative_attention")
    maps = [
        fused(f"{own}.in_proj", "attention", d_model, qkv(h)),
        bare(f"{own}.q_bias", "attention", width),
        bare(f"{own}.v_bias", "attention", width),
    ]
    if _on(c, "talking_head"):
        maps += [dense(f"{own}.head_{kind}_proj", "attention", n_heads, n_heads) for kind in ("logits", "weights")]
    if relative and "c2p" in kinds:
        maps.append(dense(f"{own}.pos_proj", "relative positions", d_model, d_model))
    if relative and "p2c" in kinds:
        maps.append(dense(f"{own}.pos_q_proj", "relative positions", d_model, d_model, bias=True))
    rows = _positive(c, "max_relative_positions") or c.size("max_position_embeddings")
    return (*_front(c), layers(c, _layer(c, tuple(maps))), *(_positions(c, rows) if relative else ()))


def deberta_v2(c: Config) -> Parts:
    """He et al. 2021: DeBERTa with separate maps, optionally shared by positions, and a parallel convolution."""
    d_model, d_head = c.size("hidden_size"), c.quotient("d_head", "hidden_size", "num_attention_heads")
    if not c.agrees("attention_head_size", d_head):
        raise c.refuse("attention_head_size", f"valid: hidden_size / num_attention_heads = {d_head}")
    names = ("attention.self.query_proj", "attention.self.key_proj", "attention.self.value_proj")
    maps = projections(whole_heads(c), names, bias=True)
    relative, own = c.flag("relative_attention"), {"c2p": "pos_key", "p2c": "pos_query"}
    largest = _positive(c, "max_relative_positions") or c.size("max_position_embeddings")
    rows = _positive(c, "position_buckets") or largest
    if relative and not _on(c, "share_att_key"):
        positional = (f"attention.self.{own[kind]}_proj" for kind in own if kind in _kinds(c))
        mapped = (dense(name, "relative positions", d_model, d_model, bias=True) for name in positional)
        maps += tuple(part._replace(block=Each(Often(part.block, 2 * rows), ONCE)) for part in mapped)
    elif relative:
        maps += (Part("", "relative positions", Product(4 * rows * (d_model * d_model), ONCE)),)
    if relative:
        maps += tuple(Part("", "relative positions", Product(2 * rows * d_model)) for kind in own if kind in _kinds(c))
    positions = _positions(c, rows) if relative else ()
    return (*_front(c), layers(c, _layer(c, maps)), *positions, *_position_norm(c), *_convolution(c))


def _position_norm(c: Config) -> Parts:
    """A norm over the embeddings of distances, if norm_rel_ebd asks for it."""
    named = c.get("norm_rel_ebd") if "norm_rel_ebd" in c.given else "none"
    if not isinstance(named, str):
        raise c.refuse("norm_rel_ebd", "valid: none, layer_norm")
    there = "layer_norm" in [one.strip() for one in named.lower().split("|")]
    return (layer_norm("encoder.LayerNorm", c.size("hidden_size")),) if there else ()


def _convolution(c: Config) -> Parts:
    """A convolution over the embeddings, added to the first layer's output, unless conv_kernel_size is 0."""
    kernel, d_model = c.size_or_none("conv_kernel_size", 0), c.size("hidden_size")
    if not kernel:
        return ()
    d_group = c.quotient("d_conv_group", "hidden_size", "conv_groups") if "conv_groups" in c.given else d_model
    return (
        Part("encoder.conv.conv", "convolution", Convolution(d_model, d_group, kernel, bias=True)),
        layer_norm("encoder.conv.LayerNorm", d_model),
    )


def _masked(config: Config, prefix: str) -> Parts:
    """The vocabulary as in BERT or, with legacy off, by the embeddings themselves and a bias."""
    if config.flag("legacy"):
        return bert_lm(width="embedding_size")(config, prefix)
    before = transform("lm_predictions.lm_head.dense", "lm_predictions.lm_head.LayerNorm")
    n_vocab = config.size("vocab_size")
    logits = Part("", "output head", Product(n_vocab * config.size("hidden_size")))
    return (*before(config, prefix), bare("lm_predictions.lm_head.bias", "output head", n_vocab), logits)


def _pooler(config: Config, prefix: str) -> Parts:
    """A linear map of the first token's vector, part of the head here."""
    width = width_of(config, "pooler_hidden_size")
    if not config.equals(width, config.size("hidden_size")):
        raise config.refuse("pooler_hidden_size", f"valid: hidden_size = {config.size('hidden_size')}")
    return (dense("pooler.dense", "pooler", width, width, bias=True),)


DEBERTA = Architecture(
    summary="encoder with separate maps for content and relative positions",
    source="He et al. 2020, sec. 3",
    body=deberta,
    heads={
        "base": no_head,
        "masked": _masked,
        "sequence": both(_pooler, one_layer),
        "token": one_layer,
        "question": answers,
    },
    prefix="deberta",
    uncosted="computes as many distances as the sequence has, up to a limit",
)
DEBERTA_V2 = DEBERTA._replace(
    source="He et al. 2021",
    body=deberta_v2,
    uncosted="",
    heads={**DEBERTA.heads, "choice": both(_pooler, choice())},
)
