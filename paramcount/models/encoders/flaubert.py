"""FlauBERT: XLM for French."""

from __future__ import annotations

from paramcount.models.encoders.xlm import HEADS, XLM, lm_head_of

FLAUBERT = XLM._replace(source="Le et al. 2019", heads={**HEADS, "masked": lm_head_of})
