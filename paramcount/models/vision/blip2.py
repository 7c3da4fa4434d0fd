"""BLIP-2: EVA's image encoder, and the Q-Former, whose queries attend to it."""

from __future__ import annotations

from collections.abc import Callable

from paramcount.blocks.attention import across, fused_attention, whole_heads
from paramcount.blocks.convolutions import filters
from paramcount.blocks.encoder import attends, feed_forward
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense, last_norm, layer_norm, table
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import SUBLAYERS, n_square_patches, positions, token
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import PROJECTOR, VISION, beside, complete, config_of, in_part, tower
from paramcount.models.text_models import TEXT
from paramcount.models.vision.vit import UNCOSTED

CHANNELS = 3
MAPS = ("attention.query", "attention.key", "attention.value", "output.dense")


def blip2_vision(c: Config) -> Parts:
    """Li et al. 2023, sec. 3.3: ViT with queries, keys and values in one map."""
    h, side = whole_heads(c), c.size("patch_size")
    first, second = SUBLAYERS
    layer = (
        *fused_attention(h, "self_attn", ("qkv", "projection"), c.flag("qkv_bias"), True),
        *plain(h.d_model, c.size("intermediate_size"), names=("fc1", "fc2")),
        layer_norm(first, h.d_model),
        layer_norm(second, h.d_model),
    )
    return (
        filters("embeddings.patch_embedding", "patch embedding", CHANNELS, h.d_model, (side, side)),
        token("embeddings.class_embedding", h.d_model),
        positions("embeddings.position_embedding", n_square_patches(c) + 1, h.d_model),
        Stack("encoder.layers", c.size("num_hidden_layers"), layer),
        *last_norm(c, "post_layernorm"),
    )


def qformer(c: Config) -> Parts:
    """Li et al. 2023, sec. 3.1: BERT's layers over queries; every second one attends to the image."""
    return qformer_of(c, c.size("encoder_hidden_size"))


def qformer_of(c: Config, d_source: Size) -> Parts:
    """The Q-Former for an image encoder *d_source* wide."""
    norm = layer_norm("layernorm", c.size("hidden_size"), component="embedding norm")
    return (norm, *_layers(c, d_source, c.flag("use_qformer_text_input")))


def _layers(c: Config, d_source: Size, reads_text: bool) -> Parts:
    """Layers with a feed-forward for queries, and one for text if they read text."""
    h, period = whole_heads(c), c.size("cross_attention_frequency")
    kinds = ["seeing" if at % period == 0 else "plain" for at in range(c.layers())]
    text = (*feed_forward(c), layer_norm("output.LayerNorm", h.d_model)) if reads_text else ()
    names = ("intermediate_query.dense", "output_query.dense")
    own = (
        *attends(h, "attention", MAPS),
        layer_norm("attention.output.LayerNorm", h.d_model),
        *text,
        *plain(h.d_model, c.size("intermediate_size"), name="", names=names),
        layer_norm("output_query.LayerNorm", h.d_model),
    )
    sees = across(h, True, "crossattention", MAPS, d_source)
    cross = (*sees, layer_norm("crossattention.output.LayerNorm", h.d_model))
    return stacks(c, "encoder.layer", kinds, lambda kind: (*own, *cross) if kind == "seeing" else own, c.layers())


BLIP2_VISION = Architecture(
    summary="ViT with queries, keys and values in one map",
    source="Li et al. 2023, sec. 3.3",
    body=blip2_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
QFORMER = BLIP2_VISION._replace(
    summary="layers over queries, some of which attend to an image",
    source="Li et al. 2023, sec. 3.1",
    body=qformer,
)


def instructblip_qformer(c: Config) -> Parts:
    """Dai et al. 2023, sec. 2.3: the Q-Former also reads the instruction, as tokens with their own embeddings."""
    return _instructed(c, c.size("encoder_hidden_size"))


def _instructed(c: Config, d_source: Size) -> Parts:
    d_model = c.size("hidden_size")
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        layer_norm("embeddings.layernorm", d_model, component="embedding norm"),
        *_layers(c, d_source, reads_text=True),
    )


def blip2(c: Config) -> Parts:
    """Li et al. 2023, sec. 3: an image encoder, the Q-Former, a map, and a whole language model."""
    return _with(c, qformer_of, complete(c))


def instructblip(c: Config) -> Parts:
    """Dai et al. 2023, sec. 2.3: the same with a Q-Former that reads the instruction; the head is optional."""
    return _with(c, _instructed, beside(c, "language_model") if c.task == "base" else complete(c))


def _with(c: Config, former: Callable[[Config, Size], Parts], text: Parts) -> Parts:
    queries = config_of(c, PROJECTOR, "qformer_config")
    seen, d_model = config_of(c, VISION), queries.size("hidden_size")
    return (
        *tower(c, VISION, "vision_model"),
        *in_part(PROJECTOR, "", (token("query_tokens", d_model, "queries", c.size("num_query_tokens")),)),
        *in_part(PROJECTOR, "qformer", former(queries, seen.size("hidden_size"))),
        dense("language_projection", PROJECTOR, d_model, c.inner[TEXT].size("hidden_size"), bias=True),
        *text,
    )


INSTRUCTBLIP_QFORMER = QFORMER._replace(source="Dai et al. 2023, sec. 2.3", body=instructblip_qformer)
BLIP2 = Architecture(
    summary="an image encoder, the Q-Former, and a whole language model",
    source="Li et al. 2023, sec. 3",
    body=blip2,
    heads={"multimodal": no_head, "base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
INSTRUCTBLIP = BLIP2._replace(source="Dai et al. 2023, sec. 2.3", body=instructblip)
