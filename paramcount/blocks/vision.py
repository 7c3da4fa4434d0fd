"""Parts of image encoders: patches, their positions, and layers under the usual names."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention, head_width
from paramcount.blocks.convolutions import filters
from paramcount.blocks.feedforward import plain
from paramcount.blocks.leaves import Learned
from paramcount.blocks.parts import layer_norm, table
from paramcount.blocks.task_heads import AddHead, labels
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size

# The four maps' names in ViT's class and in CLIP's.
OUT, O = ("q_proj", "k_proj", "v_proj", "out_proj"), ("q_proj", "k_proj", "v_proj", "o_proj")  # noqa: E741
SUBLAYERS = ("layer_norm1", "layer_norm2")


def n_patches(c: Config, image: str = "image_size", patch: str = "patch_size") -> Sized:
    """The number of patches in an image, rows times columns, dropping the remainder at its edges."""
    (height, width), (tall, wide) = c.sides(image), c.sides(patch)
    words = f"{c.prefix}{image} / {c.prefix}{patch}, rounded down"
    columns = c.follows("n_patch_columns", words, width, wide)
    return c.follows("n_patches", f"({words}) · n_patch_columns", height, tall, times=columns)


def n_square_patches(c: Config) -> Sized:
    """The same for a class that takes one number each for the sides of an image and a patch."""
    c.size("image_size"), c.size("patch_size")
    return n_patches(c)


def patch_map(c: Config, name: str, bias: bool = True, patch: str = "patch_size") -> Part:
    """A map of each patch to the model's width, as a convolution (Dosovitskiy et al. 2020, eq. 1)."""
    return filters(name, "patch embedding", c.size("num_channels"), c.size("hidden_size"), c.sides(patch), bias)


def token(name: str, d_model: Size, component: str = "class token", rows: Size = 1) -> Part:
    """Learned vectors beside the patches: a class token, registers, or a mask token."""
    owner, _, own = name.rpartition(".")
    return Part(owner, component, Learned(own, rows, d_model))


def positions(name: str, rows: Size, d_model: Size) -> Part:
    """A learned vector for each position, in a parameter without a module."""
    return token(name, d_model, "position embedding", rows)


def position_table(name: str, rows: Size, d_model: Size) -> Part:
    """A learned vector for each position, in a table."""
    return table(name, rows, d_model, "position embedding")


def even_heads(c: Config, n_heads: str = "num_attention_heads") -> Heads:
    """Heads of d_model / n_heads each, rounded down, in a class with no other width for them."""
    d_head, n = c.quotient("d_head", "hidden_size", n_heads, rest=True), c.size(n_heads)
    return Heads(c.size("hidden_size"), n, n, d_head)


def heads_of_any_width(c: Config) -> Heads:
    """The same if a class accepts another head width, though its config has no key for it."""
    n_heads = c.size("num_attention_heads")
    return Heads(c.size("hidden_size"), n_heads, n_heads, head_width(c))


def of_full_width(c: Config) -> Heads:
    """Heads that together are as wide as the model, in a class that does not check divisibility."""
    d_model = c.size("hidden_size")
    return Heads(d_model, 1, 1, d_model)


def pre_norm(
    h: Heads,
    d_ff: Size,
    qkv_bias: bool = True,
    out_bias: bool = True,
    name: str = "self_attn",
    maps: tuple[str, str, str, str] = OUT,
    norms: tuple[str, str] = SUBLAYERS,
) -> Parts:
    """A layer with norms before attention and before its plain feed-forward (Dosovitskiy et al. 2020, eq. 2 and 3)."""
    first, second = norms
    return (
        *attention(h, qkv_bias, out_bias, name, maps),
        *plain(h.d_model, d_ff, names=("fc1", "fc2")),
        layer_norm(first, h.d_model),
        layer_norm(second, h.d_model),
    )


def image_labels(name: str = "classifier", width: str = "hidden_size") -> AddHead:
    """A classifier for images; none if the config has no labels."""

    def add(config: Config, prefix: str) -> Parts:
        return labels(name, width, bias=True)(config, prefix) if config.n_labels() else ()

    return add
