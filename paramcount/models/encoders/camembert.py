"""CamemBERT: RoBERTa for French (Martin et al. 2020)."""

from __future__ import annotations

from paramcount.models.encoders.roberta import ROBERTA

CAMEMBERT = ROBERTA
