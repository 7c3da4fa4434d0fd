"""Granite Speech, and its audio encoder: a Conformer trained to write characters, which it reads again halfway."""

from __future__ import annotations

from paramcount.blocks.convolutions import along
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, fused, layer_norm, table
from paramcount.blocks.roles import KEY, OUTPUT, QUERY, VALUE
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import AUDIO, PROJECTOR, config_of, language_model, tower
from paramcount.models.audio.qwen_audio import HEARING_QWEN2
from paramcount.models.text_models import inside

QFORMER = "projector_config"


def encoder(c: Config) -> Parts:
    """Saon et al. 2025: Conformer blocks with attention within windows, and a map to characters and back."""
    d_model, d_out = c.size("hidden_dim"), c.size("output_dim")
    if not 0 < c.size("context_size", 0) <= c.size("max_pos_emb"):
        raise c.refuse("context_size", "valid: from 1 up to max_pos_emb")
    block = (
        *_feed_forward(c, d_model, "ff1"),
        *_attention(c, d_model),
        *_convolution(c, d_model),
        *_feed_forward(c, d_model, "ff2"),
        layer_norm("post_norm", d_model),
    )
    return (
        dense("input_linear", "projections", c.size("input_dim"), d_model, bias=True),
        Stack("layers", c.size("num_layers"), block),
        dense("out", "characters", d_model, d_out, bias=True),
        dense("out_mid", "characters", d_out, d_model, bias=True),
    )


def _feed_forward(c: Config, d_model: Sized, name: str) -> Parts:
    """Half a feed-forward (Gulati et al. 2020, eq. 1) and its norm."""
    d_ff = d_model * c.size("feedforward_mult")
    return (*plain(d_model, d_ff, name=name, names=("up_proj", "down_proj")), layer_norm(f"{name}.pre_norm", d_model))


def _attention(c: Config, d_model: Sized) -> Parts:
    """Attention with a learned vector for each distance (Shaw et al. 2018)."""
    d_head = c.size_or_none("dim_head") or c.quotient("d_head", "hidden_dim", "num_heads", rest=True)
    inner = d_head * c.size("num_heads")
    return (
        dense("attn.to_q", "attention", d_model, inner, role=QUERY),
        fused("attn.to_kv", "attention", d_model, ((KEY, inner), (VALUE, inner))),
        dense("attn.to_out", "attention", inner, d_model, True, OUTPUT),
        table("attn.rel_pos_emb", 2 * c.size("max_pos_emb") + 1, d_head, "relative positions"),
        layer_norm("attn.pre_norm", d_model),
    )


def _convolution(c: Config, d_model: Sized) -> Parts:
    """A gated depthwise convolution between pointwise maps (Gulati et al. 2020, sec. 2.2)."""
    inner = d_model * c.size("conv_expansion_factor")
    return (
        along("conv.up_conv", d_model, 2 * inner, 1),
        along("conv.depth_conv.conv", 1, inner, c.size("conv_kernel_size"), bias=False),
        along("conv.down_conv", inner, d_model, 1),
        layer_norm("conv.norm", d_model),
        layer_norm("conv.batch_norm", inner, component="batch norm"),
    )


def granite_speech(c: Config) -> Parts:
    """Saon et al. 2025: a few queries per audio window through a Q-Former, and a map to the text's width."""
    if c.flag("has_lora_adapter"):
        c.notes.append("has_lora_adapter = true: the text model's adapter for audio is not counted.")
    return (*tower(c, AUDIO, "encoder", "encoder_config"), *_projector(c), *language_model(c))


def plus(c: Config) -> Parts:
    """The same, with a Q-Former that reads the vectors of several layers side by side."""
    audio, projector = config_of(c, AUDIO, "encoder_config"), config_of(c, PROJECTOR, QFORMER)
    if (layers := audio.get("cat_hidden_layers")) is not None:
        read = projector.size("encoder_hidden_size")
        if not isinstance(layers, list) or not c.equals(read, audio.size("hidden_dim") * (len(layers) + 1)):
            raise projector.refuse(
                "encoder_hidden_size", "valid: hidden_dim times one more than the length of cat_hidden_layers"
            )
    return granite_speech(c)


def _projector(c: Config) -> Parts:
    inner, words = config_of(c, PROJECTOR, QFORMER), "window_size / downsample_rate, rounded down"
    d_model, d_text = inner.size("hidden_size"), inside(c).size("hidden_size")
    n_queries = c.follows("n_queries", words, c.size("window_size"), c.size("downsample_rate"))
    return (
        bare("projector.query", PROJECTOR, 1, n_queries, d_model),
        *tower(c, PROJECTOR, "projector.qformer", QFORMER),
        dense("projector.linear", PROJECTOR, d_model, d_text, bias=True),
    )


GRANITE_SPEECH_ENCODER = Architecture(
    summary="Conformer with a map to characters and back",
    source="Saon et al. 2025 (Granite-speech)",
    body=encoder,
    heads={"base": no_head},
    uncosted="takes audio frames rather than tokens",
)
GRANITE_SPEECH = HEARING_QWEN2._replace(
    summary="a Conformer, a Q-Former over audio windows, and a text model",
    source="Saon et al. 2025 (Granite-speech)",
    body=granite_speech,
)
GRANITE_SPEECH_PLUS = GRANITE_SPEECH._replace(source="transformers 5.23.0", body=plus)
