"""PLBART: BART for source code."""

from __future__ import annotations

from paramcount.models.encoder_decoders.bart import BART, LANGUAGE_MODELS, SEQUENCE

PLBART = BART._replace(source="Ahmad et al. 2021", heads={**LANGUAGE_MODELS, "sequence": SEQUENCE})
