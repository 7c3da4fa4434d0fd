"""mT5: T5 for a hundred languages."""

from __future__ import annotations

from paramcount.models.encoder_decoders.t5 import T5

MT5 = T5._replace(summary="T5's encoder and decoder, for many languages", source="Xue et al. 2020, sec. 3")
