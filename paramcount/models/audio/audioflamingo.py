"""Audio Flamingo 3's encoder of sound, and Music Flamingo's: Whisper's, trained further."""

from paramcount.models.audio.qwen_audio import QWEN2_AUDIO

AUDIO_FLAMINGO_3 = QWEN2_AUDIO._replace(source="Goel et al. 2025 (Audio Flamingo 3), sec. 3")
