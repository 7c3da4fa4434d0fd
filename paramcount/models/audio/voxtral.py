"""Voxtral, with Whisper's audio encoder."""

from __future__ import annotations

from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import AUDIO, config_of, language_model, tower, two_maps
from paramcount.models.audio.qwen_audio import HEARING_QWEN2, QWEN2_AUDIO
from paramcount.models.text_models import inside


def voxtral(c: Config) -> Parts:
    """Liu et al. 2025, sec. 2: several audio frames side by side, as wide as the feed-forward, and two maps."""
    d_frames, d_text = config_of(c, AUDIO).size("intermediate_size"), inside(c).size("hidden_size")
    maps = two_maps("multi_modal_projector", d_frames, d_text, bias=False)
    return (*tower(c, AUDIO, "audio_tower"), *maps, *language_model(c))


VOXTRAL_ENCODER = QWEN2_AUDIO._replace(source="Liu et al. 2025 (Voxtral), sec. 2")
VOXTRAL = HEARING_QWEN2._replace(source="Liu et al. 2025 (Voxtral), sec. 2", body=voxtral)
