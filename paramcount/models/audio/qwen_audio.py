"""Qwen's audio models: Whisper's encoder in Qwen2-Audio and Qwen2.5-Omni, later one over spectrograms."""

from __future__ import annotations

from paramcount.blocks.convolutions import filters
from paramcount.blocks.encoder_decoder import width
from paramcount.blocks.parts import dense, frozen, table
from paramcount.blocks.speech import encoder_layers, frames, last_norm
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import (
    AUDIO,
    PROJECTOR,
    VISION,
    config_of,
    language_model,
    text_head,
    tower,
    two_maps,
)
from paramcount.models.text_models import inside

SIDE = 3  # of the filters, which stride over the spectrogram by two
ENDS = 2  # vectors that mark the start and end of audio


def qwen2_audio(c: Config) -> Parts:
    """Chu et al. 2024, sec. 2: Whisper's encoder with frozen sinusoidal positions; its output is averaged in pairs."""
    d_model = width(c, "encoder")
    return (
        *frames(c, d_model),
        *frozen(table("embed_positions", c.size("max_source_positions"), d_model, "position embedding")),
        encoder_layers(c),
        last_norm(d_model, "layer_norm"),
    )


def qwen2_5_omni(c: Config) -> Parts:
    """Xu et al. 2025, sec. 2.2: Whisper's encoder, vectors for the ends of audio, and a map to the text's width."""
    d_model, d_out = width(c, "encoder"), c.size("output_dim")
    _even(c, d_model)
    return (
        *frames(c, d_model),
        table("audio_bos_eos_token", ENDS, d_out, "projections"),
        encoder_layers(c),
        last_norm(d_model, "ln_post"),
        dense("proj", "projections", d_model, d_out, bias=True),
    )


def qwen3_omni(c: Config) -> Parts:
    """Xu et al. 2025 (Qwen3-Omni), sec. 2.2: convolutions over a spectrogram, and two maps to the text's width."""
    d_model = width(c, "encoder")
    return (
        *qwen3_asr(c),
        dense("proj1", "projections", d_model, d_model, bias=True),
        dense("proj2", "projections", d_model, c.size("output_dim"), bias=True),
    )


def qwen3_asr(c: Config) -> Parts:
    """Qwen3-Omni's encoder without its projector, which is part of the whole model."""
    d_model, n_channels = width(c, "encoder"), c.size("downsample_hidden_size")
    _even(c, d_model)
    halved = c.follows("n_bands", "num_mel_bins / 8, rounded up", c.size("num_mel_bins"), 8, rounded="up")
    sides = (SIDE, SIDE)
    return (
        filters("conv2d1", "convolution", 1, n_channels, sides),
        filters("conv2d2", "convolution", n_channels, n_channels, sides),
        filters("conv2d3", "convolution", n_channels, n_channels, sides),
        dense("conv_out", "convolution", n_channels * halved, d_model),
        encoder_layers(c, key_bias=True),
        last_norm(d_model, "ln_post"),
    )


def hearing(c: Config) -> Parts:
    """Whisper's encoder, a linear map to the text model's width, and the text model."""
    d_in, d_out = config_of(c, AUDIO).size("d_model"), inside(c).size("hidden_size")
    projector = dense("multi_modal_projector.linear", PROJECTOR, d_in, d_out, bias=True)
    return (*tower(c, AUDIO, "audio_tower"), projector, *language_model(c))


def hearing_and_seeing(c: Config) -> Parts:
    """Xu et al. 2025, sec. 2: audio and image towers whose last maps are to the text model's width."""
    return (*tower(c, AUDIO, "audio_tower"), *tower(c, VISION, "visual"), *language_model(c))


def transcribing(c: Config) -> Parts:
    """The encoder over spectrograms, two maps as wide as its config says, and the text model."""
    audio = config_of(c, AUDIO)
    d_model = audio.size("d_model")
    maps = two_maps("multi_modal_projector", d_model, audio.size("output_dim"), d_model)
    return (*tower(c, AUDIO, "audio_tower"), *maps, *language_model(c))


def _even(c: Config, d_model: Sized) -> None:
    """Checks that positions split into sines and cosines; raises ConfigError."""
    if not c.divides(2, d_model):
        raise c.refuse("d_model", "valid: an even number")


QWEN2_AUDIO = Architecture(
    summary="Whisper's audio encoder",
    source="Chu et al. 2024, sec. 2",
    body=qwen2_audio,
    heads={"base": no_head},
    uncosted="takes audio frames rather than tokens",
)
QWEN2_5_OMNI = QWEN2_AUDIO._replace(
    summary="Whisper's audio encoder, and a map to the text's width",
    source="Xu et al. 2025 (Qwen2.5-Omni), sec. 2.2",
    body=qwen2_5_omni,
)
QWEN3_OMNI = QWEN2_AUDIO._replace(
    summary="convolutions over a spectrogram, Whisper's layers, and two maps to the text's width",
    source="Xu et al. 2025 (Qwen3-Omni), sec. 2.2",
    body=qwen3_omni,
)
QWEN3_ASR = QWEN2_AUDIO._replace(
    summary="convolutions over a spectrogram, and Whisper's layers", source="transformers 5.23.0", body=qwen3_asr
)
HEARING_QWEN2 = Architecture(
    summary="an audio encoder, a projector and a text model",
    source="Chu et al. 2024, sec. 2",
    body=hearing,
    heads={"multimodal": text_head(), "seq2seq": text_head(), "base": no_head},
    uncosted="only its text model's costs are known",
)
THINKER = HEARING_QWEN2._replace(
    summary="audio and image towers whose last maps are their projectors, and a text model",
    source="Xu et al. 2025 (Qwen2.5-Omni), sec. 2; Xu et al. 2025 (Qwen3-Omni), sec. 2",
    body=hearing_and_seeing,
)
TRANSCRIBING_QWEN3 = HEARING_QWEN2._replace(source="transformers 5.23.0", body=transcribing)
