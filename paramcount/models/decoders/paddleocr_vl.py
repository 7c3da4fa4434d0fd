"""PaddleOCR-VL's text model: ERNIE 4.5."""

from __future__ import annotations

from paramcount.models.decoders.ernie import ernie4_5
from paramcount.models.decoders.llama import INSIDE

PADDLEOCR_VL = INSIDE._replace(summary="ERNIE 4.5's decoder in a vision model", body=ernie4_5)
