"""Falcon Mamba: Mamba at 7B."""

from __future__ import annotations

from paramcount.models.decoders.mamba import MAMBA

FALCON_MAMBA = MAMBA._replace(source="Gu and Dao 2023, sec. 3.4; transformers 5.23.0, models/falcon_mamba")
