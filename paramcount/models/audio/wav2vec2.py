"""wav2vec 2.0: convolutions over audio, and an encoder of their output."""

from __future__ import annotations

from collections.abc import Callable

from paramcount.blocks.attention import Heads, attention, whole_heads
from paramcount.blocks.convolutions import along
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture
from paramcount.models.listed import sizes

MAPS = ("q_proj", "k_proj", "v_proj", "out_proj")
FEED_FORWARD = ("intermediate_dense", "output_dense")


def wav2vec2(c: Config) -> Parts:
    """Baevski et al. 2020, sec. 2: the encoder's positions are a convolution of its input."""
    return heard(c, _layer(c, whole_heads(c)), projection(c), positions(c))


def heard(c: Config, layer: Parts, projected: Parts, placed: Parts) -> Parts:
    """Convolutions over audio, the map *projected*, an encoder with *layer*, and an adapter if it has one."""
    d_model = c.size("hidden_size")
    return (
        *extractor(c),
        *projected,
        *((bare("masked_spec_embed", "mask embedding", d_model),) if _masks(c) else ()),
        *placed,
        layer_norm("encoder.layer_norm", d_model, component="embedding norm"),
        Stack("encoder.layers", c.size("num_hidden_layers"), layer),
        *_adapter(c),
    )


def extractor(c: Config) -> Parts:
    """Convolutions over audio: a norm per channel after the first only, or a norm after every one."""
    widths, kernels, bias = sizes(c, "conv_dim"), sizes(c, "conv_kernel"), c.flag("conv_bias")
    if not len(widths) == len(kernels) == len(sizes(c, "conv_stride")):
        raise c.refuse("conv_kernel", f"valid: a list of {len(widths)}, as long as conv_dim and conv_stride")
    normed = {"group": 1, "layer": len(widths)}.get(str(c.get("feat_extract_norm")))
    if normed is None:
        raise c.refuse("feat_extract_norm", "valid: group or layer")
    return tuple(
        part
        for at, (d_in, d_out, kernel) in enumerate(zip([1, *widths], widths, kernels, strict=False))
        for part in (
            along(f"feature_extractor.conv_layers.{at}.conv", d_in, d_out, kernel, bias),
            *((layer_norm(f"feature_extractor.conv_layers.{at}.layer_norm", d_out),) if at < normed else ()),
        )
    )


def projection(c: Config, norm: bool = True) -> Parts:
    """A norm of the convolutions' output, and a map to the model's width."""
    d_in, name = sizes(c, "conv_dim")[-1], "feature_projection"
    return (
        *((layer_norm(f"{name}.layer_norm", d_in, component="embedding norm"),) if norm else ()),
        dense(f"{name}.projection", "projections", d_in, c.size("hidden_size"), bias=True),
    )


def positions(c: Config) -> Parts:
    """A grouped convolution whose weight is a direction and a length (Salimans and Kingma 2016)."""
    d_model, kernel = c.size("hidden_size"), c.size("num_conv_pos_embeddings")
    d_group, name = c.quotient("d_group", "hidden_size", "num_conv_pos_embedding_groups"), "encoder.pos_conv_embed.conv"
    return (
        bare(f"{name}.bias", "position embedding", d_model),
        bare(f"{name}.parametrizations.weight.original0", "position embedding", 1, 1, kernel),
        bare(f"{name}.parametrizations.weight.original1", "position embedding", d_model, d_group, kernel),
    )


def feed_forward(c: Config, name: str = "feed_forward") -> Parts:
    """Up and down (Vaswani et al. 2017, sec. 3.3)."""
    return plain(c.size("hidden_size"), c.size("intermediate_size"), name=name, names=FEED_FORWARD)


def layer_of(c: Config, h: Heads) -> Parts:
    """Attention and feed-forward, each with a norm."""
    return (
        *attention(h, True, True, "attention", MAPS),
        layer_norm("layer_norm", h.d_model),
        *feed_forward(c),
        layer_norm("final_layer_norm", h.d_model),
    )


def _layer(c: Config, h: Heads) -> Parts:
    """The same, with an adapter in a pre-norm model (Pratap et al. 2023)."""
    if not c.flag("do_stable_layer_norm") or c.get("adapter_attn_dim") is None:
        return layer_of(c, h)
    between = c.size("adapter_attn_dim")
    return (
        *layer_of(c, h),
        layer_norm("adapter_layer.norm", h.d_model, component="adapters"),
        dense("adapter_layer.linear_1", "adapters", h.d_model, between, bias=True),
        dense("adapter_layer.linear_2", "adapters", between, h.d_model, bias=True),
    )


def _masks(c: Config) -> bool:
    """Whether the class has a vector for masked positions."""
    found = [c.get(f"mask_{axis}_prob") or 0 for axis in ("time", "feature")]
    if not all(isinstance(one, int | float) for one in found):
        raise c.refuse("mask_time_prob", "valid: a number, 0 for none")
    return any(one > 0 for one in found)


def _adapter(c: Config) -> Parts:
    """Convolutions after the encoder, each gated, and a map to their width if it differs."""
    if not c.get("add_adapter"):
        return ()
    d_model, d_out = c.size("hidden_size"), out_width(c)
    maps = (
        dense("adapter.proj", "adapters", d_model, d_out, bias=True),
        layer_norm("adapter.proj_layer_norm", d_out, component="adapters"),
    )
    layer = (along("conv", d_out, 2 * d_out, c.size("adapter_kernel_size"), component="adapters"),)
    return (*(maps if d_out != d_model else ()), Stack("adapter.layers", c.size("num_adapter_layers"), layer))


def out_width(c: Config) -> Sized:
    """The model's output width."""
    own = c.size_or_none("output_hidden_size") if c.get("add_adapter") else None
    return own or c.size("hidden_size")


def characters(c: Config, prefix: str) -> Parts:
    """A map to characters (Graves et al. 2006)."""
    return (dense("lm_head", "output head", out_width(c), c.size("vocab_size"), bias=True),)


def classes(c: Config, prefix: str) -> Parts:
    """A weight per layer if the config asks for it, a map, and a classifier of its mean."""
    _without_adapter(c)
    between = c.size("classifier_proj_size")
    return (
        *_layer_weights(c),
        dense("projector", "head transform", c.size("hidden_size"), between, bias=True),
        dense("classifier", "classifier", between, c.n_labels(), bias=True),
    )


def frames(c: Config, prefix: str) -> Parts:
    """The same for each frame, without the map."""
    _without_adapter(c)
    return (*_layer_weights(c), dense("classifier", "classifier", c.size("hidden_size"), c.n_labels(), bias=True))


def quantizer(c: Config, prefix: str) -> Parts:
    """Codebooks for the convolutions' output, and maps for both sides of the contrast (sec. 3.2)."""
    n_groups, d_code = c.size("num_codevector_groups"), c.size("codevector_dim")
    rows = n_groups * c.size("num_codevectors_per_group")
    each = c.quotient("d_code", "codevector_dim", "num_codevector_groups")
    d_contrast = c.size("proj_codevector_dim")
    return (
        bare("quantizer.codevectors", "quantizer", 1, rows, each),
        dense("quantizer.weight_proj", "quantizer", sizes(c, "conv_dim")[-1], rows, bias=True),
        dense("project_hid", "quantizer", c.size("hidden_size"), d_contrast, bias=True),
        dense("project_q", "quantizer", d_code, d_contrast, bias=True),
    )


def _layer_weights(c: Config) -> Parts:
    n = c.size("num_hidden_layers") + 1
    return (bare("layer_weights", "layer weights", n),) if c.flag("use_weighted_layer_sum") else ()


def _without_adapter(c: Config) -> None:
    if c.get("add_adapter"):
        raise c.refuse("add_adapter", "valid: false in a classifier")


AddHeads = dict[str, Callable[[Config, str], Parts]]
HEADS: AddHeads = {"base": no_head, "ctc": characters, "sounds": classes, "frames": frames, "pretraining": quantizer}
WAV2VEC2 = Architecture(
    summary="convolutions over audio, and an encoder with a convolution for positions",
    source="Baevski et al. 2020, sec. 2",
    body=wav2vec2,
    heads=HEADS,
    prefix="wav2vec2",
    uncosted="takes audio frames rather than tokens",
)
