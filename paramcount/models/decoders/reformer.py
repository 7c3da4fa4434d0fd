"""Reformer: layers that attend locally or by hashes, and positions factored along axes."""

from __future__ import annotations

from paramcount.blocks.parts import bare, dense, layer_norm, table
from paramcount.blocks.roles import FIRST, KEY, OUTPUT, QUERY, SECOND, VALUE
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import AddHead, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture


def reformer(c: Config) -> Parts:
    """Kitaev et al. 2020: two streams of d_model, which the final norm and every head see side by side."""
    d_model, d_attention = c.size("hidden_size"), c.size("num_attention_heads") * c.size("attention_head_size")
    kinds = c.get("attn_layers")
    if not isinstance(kinds, list) or not kinds or not all(kind in ("local", "lsh") for kind in kinds):
        raise c.refuse("attn_layers", "valid: a list of local and lsh, one per layer")
    if c.get("num_hidden_layers") not in (None, len(kinds)):
        raise c.refuse("num_hidden_layers", f"valid: {len(kinds)}, the length of attn_layers")
    after = (
        layer_norm("attention.layer_norm", d_model),
        dense("attention.output.dense", "attention", d_attention, d_model, role=OUTPUT),
        layer_norm("feed_forward.layer_norm", d_model),
        dense("feed_forward.dense.dense", "feed-forward", d_model, c.size("feed_forward_size"), bias=True, role=FIRST),
        dense(
            "feed_forward.output.dense", "feed-forward", c.size("feed_forward_size"), d_model, bias=True, role=SECOND
        ),
    )

    def layer(kind: str) -> Parts:
        both = {"query": QUERY, "key": KEY} if kind == "local" else {"query_key": None}  # a shared map has no role
        maps = {**both, "value": VALUE}.items()
        own = (dense(f"attention.self_attention.{one}", "attention", d_model, d_attention, role=r) for one, r in maps)
        return (*own, *after)

    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        *_positions(c, "embeddings.position_embeddings"),
        *stacks(c, "encoder.layers", kinds, layer, c.named("n_layers", len(kinds), "items of attn_layers")),
        layer_norm("encoder.layer_norm", 2 * d_model, component="final norm"),
    )


def _positions(c: Config, name: str) -> Parts:
    """A row for each position, or for each step along each axis, with widths that add up to the model's."""
    if not c.flag("axial_pos_embds"):
        n_ctx, d_model = c.size("max_position_embeddings"), c.size("hidden_size")
        return (table(f"{name}.embedding", n_ctx, d_model, "position embedding"),)
    steps, widths = _sizes(c, "axial_pos_shape"), _sizes(c, "axial_pos_embds_dim")
    if len(steps) != len(widths):
        raise c.refuse("axial_pos_shape", f"valid: {len(widths)} numbers, as many as in axial_pos_embds_dim")
    if not c.equals(sum(widths), c.size("hidden_size")):
        raise c.refuse("axial_pos_embds_dim", f"valid: numbers that add up to hidden_size = {c.size('hidden_size')}")
    shapes = ((*[1] * axis, n_steps, *[1] * (len(steps) - axis - 1)) for axis, n_steps in enumerate(steps))
    return tuple(
        bare(f"{name}.weights.{axis}", "position embedding", *shape, width)
        for axis, (shape, width) in enumerate(zip(shapes, widths, strict=True))
    )


def _sizes(c: Config, key: str) -> list[Sized]:
    """The numbers in a list, each a separate size in formulas: axial_pos_shape_0, …"""
    numbers = c.get(key)
    if not isinstance(numbers, list) or not all(type(number) is int and number > 0 for number in numbers):
        raise c.refuse(key, "valid: a list of whole numbers from 1 up")
    return [c.named(f"{key}_{axis}", number, f"{key}[{axis}]") for axis, number in enumerate(numbers)]


def _lm_head(is_decoder: bool) -> AddHead:
    def add(config: Config, prefix: str) -> Parts:
        if config.flag("is_decoder") != is_decoder:
            raise config.refuse("is_decoder", f"valid: {str(is_decoder).lower()}, for this class")
        n_vocab = config.size("vocab_size")
        head = dense("lm_head.decoder", "output head", 2 * config.size("hidden_size"), n_vocab)
        return (bare("lm_head.bias", "output head", n_vocab), head)

    return add


def _sequence(config: Config, prefix: str) -> Parts:
    d_model = config.size("hidden_size")
    return (
        dense("classifier.dense", "classifier", 2 * d_model, d_model, bias=True),
        dense("classifier.out_proj", "classifier", d_model, config.n_labels(), bias=True),
    )


def _question(config: Config, prefix: str) -> Parts:
    return (dense("qa_outputs", "classifier", 2 * config.size("hidden_size"), config.n_labels(), bias=True),)


REFORMER = Architecture(
    summary="reversible layers that attend locally or by hashes, positions factored along axes",
    source="Kitaev et al. 2020",
    body=reformer,
    heads={
        "base": no_head,
        "causal": _lm_head(is_decoder=True),
        "masked": _lm_head(is_decoder=False),
        "sequence": _sequence,
        "question": _question,
    },
    prefix="reformer",
    uncosted="attends within chunks sorted by hashes",
)
