"""ViT: image patches instead of tokens, a class token before them, and a classifier of its output."""

from __future__ import annotations

from paramcount.blocks.convolutions import filters
from paramcount.blocks.encoder import of_the_first
from paramcount.blocks.parts import dense, last_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import (
    O,
    heads_of_any_width,
    image_labels,
    n_patches,
    patch_map,
    positions,
    pre_norm,
    token,
)
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture

NORMS = ("layernorm_before", "layernorm_after")
UNCOSTED = "takes image patches rather than tokens"
MASKED = "masked-images"


def layer(c: Config) -> Parts:
    """A ViT layer, under its class's names."""
    return pre_norm(heads_of_any_width(c), c.size("intermediate_size"), c.flag("qkv_bias"), True, "attention", O, NORMS)


def front(c: Config, rows: Size, *tokens: str) -> Parts:
    """A map of patches, *tokens* before them, a mask token if patches are hidden, and *rows* of positions."""
    d_model = c.size("hidden_size")
    hidden = (token("embeddings.mask_token", d_model, "mask token"),) if c.task == MASKED else ()
    return (
        patch_map(c, "embeddings.patch_embeddings.projection"),
        *(token(f"embeddings.{name}", d_model) for name in tokens),
        *hidden,
        positions("embeddings.position_embeddings", rows, d_model),
    )


def behind(c: Config) -> Parts:
    """The layers, followed by a norm."""
    return (Stack("layers", c.size("num_hidden_layers"), layer(c)), *last_norm(c, "layernorm"))


def pooler(c: Config) -> Parts:
    """A map of the class token's vector, only in the base class, optionally to another width."""
    if c.task != "base":
        return ()
    d_model = c.size("hidden_size")
    d_out = c.size("pooler_output_size", 0) if c.get("pooler_output_size") else d_model
    return (of_the_first(d_model),) if d_out is d_model else (dense("pooler.dense", "pooler", d_model, d_out, True),)


def by_ratio(c: Config, name: str, d_model: Sized, of: str = "hidden_size", key: str = "mlp_ratio") -> Sized:
    """The width *name*: *d_model* times the number under *key*, rounded down."""
    ratio, words = c.get(key), f"{c.prefix}{of} · {c.prefix}{key}, rounded down"
    if type(ratio) not in (int, float) or ratio <= 0:
        raise c.refuse(key, "valid: a number above 0")
    if ratio == int(ratio):
        return c.follows(name, words, d_model, times=int(ratio))
    return c.named(name, int(int(d_model) * ratio), words)


def vit(c: Config) -> Parts:
    """Dosovitskiy et al. 2020, eq. 1 to 4: pre-norm layers with biases, a position for each patch and the token."""
    first = c.taken("class_token", True)
    rows = n_patches(c) + 1 if first else n_patches(c)
    return (*front(c, rows, *(("cls_token",) if first else ())), *behind(c), *pooler(c))


def hidden_pixels(config: Config, prefix: str) -> Parts:
    """The pixels of hidden patches from their mask tokens' outputs (Xie et al. 2021, SimMIM, sec. 3.3)."""
    stride = config.size("encoder_stride")
    d_out = stride * stride * config.size("num_channels")
    return (filters("decoder.0", "pixel decoder", config.size("hidden_size"), d_out, (1, 1)),)


VIT = Architecture(
    summary="encoder of image patches with a class token and learned positions",
    source="Dosovitskiy et al. 2020, sec. 3.1",
    body=vit,
    heads={"base": no_head, "images": image_labels(), MASKED: hidden_pixels},
    prefix="vit",
    uncosted=UNCOSTED,
)
