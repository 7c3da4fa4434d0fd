"""Voxtral's encoder of sound, which is Whisper's."""

from paramcount.models.audio.qwen_audio import QWEN2_AUDIO

VOXTRAL = QWEN2_AUDIO._replace(source="Liu et al. 2025 (Voxtral), sec. 2")
