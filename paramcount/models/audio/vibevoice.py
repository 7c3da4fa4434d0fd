"""VibeVoice ASR, and its audio encoders: convolutions over longer and longer stretches."""

from __future__ import annotations

from paramcount.blocks.convolutions import along
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, rms_norm
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import AUDIO, PROJECTOR, config_of, language_model, tower
from paramcount.models.audio.qwen_audio import HEARING_QWEN2
from paramcount.models.listed import sizes
from paramcount.models.text_models import inside

ACOUSTIC, SEMANTIC = "acoustic", "semantic"


def encoder(c: Config) -> Parts:
    """Peng et al. 2025, sec. 2.1: stages of ConvNeXt blocks, joined by strided convolutions that double the width."""
    ratios, depths = sizes(c, "downsampling_ratios"), sizes(c, "depths")
    if len(depths) <= len(ratios):
        raise c.refuse("depths", f"valid: a list of {len(ratios) + 1}, one more than downsampling_ratios")
    first, kernel = c.size("num_filters"), c.size("kernel_size")
    stages = [part for at in range(len(ratios)) for part in _stage(c, first, at, ratios[at], depths[at + 1])]
    return (
        along("stem.conv.conv", c.size("channels"), first, kernel),
        Stack("stem.stage", depths[0], _block(c, first)),
        *stages,
        along("head.conv", first * 2 ** len(ratios), c.size("hidden_size"), kernel),
    )


def _stage(c: Config, first: Sized, at: int, ratio: Sized, depth: Sized) -> Parts:
    """A convolution with stride *ratio* and twice that kernel, and *depth* blocks with doubled channels."""
    before, after = first * 2**at, first * 2 ** (at + 1)
    name = f"conv_layers.{at}"
    return (along(f"{name}.conv.conv", before, after, 2 * ratio), Stack(f"{name}.stage", depth, _block(c, after)))


def _block(c: Config, width: Size) -> Parts:
    """A depthwise convolution and a feed-forward, both scaled (Liu et al. 2022, sec. 2)."""
    d_ff: Size = c.size("ffn_expansion") * width
    return (
        along("mixer.conv", 1, width, c.size("kernel_size")),
        *plain(width, d_ff, name="ffn", names=("linear1", "linear2")),
        rms_norm("norm", width),
        rms_norm("ffn_norm", width),
        bare("gamma", "residual weights", width),
        bare("ffn_gamma", "residual weights", width),
    )


def vibevoice_asr(c: Config) -> Parts:
    """Two encoders, each with a projector, and the text model that reads their sum."""
    towers = (tower(c, AUDIO, f"{kind}_tokenizer_encoder", _key(kind)) for kind in (ACOUSTIC, SEMANTIC))
    maps = (part for kind in (ACOUSTIC, SEMANTIC) for part in _projector(c, kind))
    return (*(part for parts in towers for part in parts), *maps, *language_model(c))


def _key(kind: str) -> str:
    return f"{kind}_tokenizer_encoder_config"


def _projector(c: Config, kind: str) -> Parts:
    d_in, d_out = config_of(c, AUDIO, _key(kind)).size("hidden_size"), inside(c).size("hidden_size")
    name = f"multi_modal_projector.{kind}"
    return (
        dense(f"{name}_linear_1", PROJECTOR, d_in, d_out, bias=True),
        rms_norm(f"{name}_norm", d_out, PROJECTOR),
        dense(f"{name}_linear_2", PROJECTOR, d_out, d_out, bias=True),
    )


VIBEVOICE_ENCODER = Architecture(
    summary="stages of convolutions over audio",
    source="Peng et al. 2025 (VibeVoice), sec. 2.1",
    body=encoder,
    heads={"base": no_head},
    uncosted="takes audio frames rather than tokens",
)
VIBEVOICE_ASR = HEARING_QWEN2._replace(
    summary="two audio encoders, each with a projector, and a text model",
    source="transformers 5.23.0",
    body=vibevoice_asr,
)
