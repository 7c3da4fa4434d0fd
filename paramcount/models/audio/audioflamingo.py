"""Audio Flamingo 3 and Music Flamingo, and their audio encoder, a further trained Whisper encoder."""

from __future__ import annotations

from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import AUDIO, config_of, language_model, tower, two_maps
from paramcount.models.audio.qwen_audio import HEARING_QWEN2, QWEN2_AUDIO
from paramcount.models.text_models import inside


def audio_flamingo(c: Config) -> Parts:
    """Goel et al. 2025, sec. 3: two maps from the encoder's width to the text model's."""
    d_in, d_out = config_of(c, AUDIO).size("hidden_size"), inside(c).size("hidden_size")
    maps = two_maps("multi_modal_projector", d_in, d_out, bias=c.flag("projector_bias"))
    return (*tower(c, AUDIO, "audio_tower"), *maps, *language_model(c))


AF_WHISPER = QWEN2_AUDIO._replace(source="Goel et al. 2025 (Audio Flamingo 3), sec. 3")
AUDIO_FLAMINGO_3 = HEARING_QWEN2._replace(source="Goel et al. 2025 (Audio Flamingo 3), sec. 3", body=audio_flamingo)
