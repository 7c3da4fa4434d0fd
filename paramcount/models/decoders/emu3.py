"""Emu 3's text model: Llama."""

from __future__ import annotations

from paramcount.models.decoders.llama import INSIDE

EMU3_TEXT = INSIDE
