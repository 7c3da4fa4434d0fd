"""MOSS-Transcribe-Diarize's encoder of sound, which is Whisper's."""

from paramcount.models.audio.qwen_audio import QWEN2_AUDIO

MOSS_TRANSCRIBE = QWEN2_AUDIO._replace(source="transformers 5.23.0")
