"""data2vec for text: RoBERTa, trained to predict its own vectors."""

from __future__ import annotations

from paramcount.models.encoders.roberta import ROBERTA

DATA2VEC_TEXT = ROBERTA._replace(source="Baevski et al. 2022", prefix="data2vec_text")
