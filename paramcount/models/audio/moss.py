"""MOSS-Transcribe-Diarize, with Whisper's audio encoder."""

from __future__ import annotations

from paramcount.blocks.parts import layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import AUDIO, PROJECTOR, config_of, language_model, tower, two_maps
from paramcount.models.audio.qwen_audio import HEARING_QWEN2, QWEN2_AUDIO
from paramcount.models.text_models import inside


def moss(c: Config) -> Parts:
    """transformers 5.23.0: several audio frames side by side, two maps of them and a norm."""
    d_in, d_out = config_of(c, AUDIO).size("hidden_size") * c.size("audio_merge_size"), inside(c).size("hidden_size")
    maps = two_maps("multi_modal_projector", d_in, d_out, bias=c.flag("projector_bias"))
    norm = layer_norm("multi_modal_projector.norm", d_out, component=PROJECTOR)
    return (*tower(c, AUDIO, "audio_tower"), *maps, norm, *language_model(c))


MOSS_ENCODER = QWEN2_AUDIO._replace(source="transformers 5.23.0")
MOSS_TRANSCRIBE = HEARING_QWEN2._replace(source="transformers 5.23.0", body=moss)
