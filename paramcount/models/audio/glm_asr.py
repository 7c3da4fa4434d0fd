"""GLM-ASR, and its audio encoder: Whisper's convolutions before layers with rotary positions."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import pre_layer_norms
from paramcount.blocks.feedforward import plain
from paramcount.blocks.leaves import Dense
from paramcount.blocks.parts import last_norm
from paramcount.blocks.roles import KEY
from paramcount.blocks.speech import frames, with_keys
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import AUDIO, config_of, language_model, tower, two_maps
from paramcount.models.audio.qwen_audio import HEARING_QWEN2
from paramcount.models.text_models import inside


def glm_asr_encoder(c: Config) -> Parts:
    """transformers 5.23.0: queries may share keys and values, and the key map has no bias, as in Whisper."""
    h = heads(c)
    layer = (
        *with_keys(attention(h, True, True), Dense(h.d_model, h.n_kv_heads * h.d_head, role=KEY)),
        *plain(h.d_model, c.size("intermediate_size"), names=("fc1", "fc2")),
        *pre_layer_norms(c),
    )
    return (*frames(c, h.d_model), Stack("layers", c.size("num_hidden_layers"), layer), *last_norm(c))


def glm_asr(c: Config) -> Parts:
    """transformers 5.23.0: several audio frames side by side, and two maps of them, twice as wide in between."""
    d_frames, d_text = config_of(c, AUDIO).size("intermediate_size"), inside(c).size("hidden_size")
    maps = two_maps("multi_modal_projector", d_frames, d_text, 2 * d_text)
    return (*tower(c, AUDIO, "audio_tower"), *maps, *language_model(c))


GLM_ASR_ENCODER = Architecture(
    summary="Whisper's convolutions before layers with rotary positions",
    source="transformers 5.23.0",
    body=glm_asr_encoder,
    heads={"base": no_head},
    uncosted="takes audio frames rather than tokens",
)
GLM_ASR = HEARING_QWEN2._replace(source="transformers 5.23.0", body=glm_asr)
