"""Cosmos 3 Omni: Qwen3-VL's tower, whatever type the vision config names, and a text model."""

from __future__ import annotations

from paramcount.config import Config
from paramcount.config.types import known
from paramcount.ledger.model import Parts
from paramcount.models.assembled import VISION
from paramcount.models.vision.qwen_vl import SEEING_QWEN3, seeing

TOWER = "qwen3_vl_vision"


def cosmos3_omni(c: Config) -> Parts:
    """transformers 5.23.0; its config class sets the tower's type."""
    stated, about = c.get(f"{VISION}_config"), known(TOWER)
    if isinstance(stated, dict) and about:
        c.within(f"{VISION}_config", {**stated, "model_type": TOWER}, about, VISION)
    return seeing(c)


COSMOS3_OMNI = SEEING_QWEN3._replace(source="transformers 5.23.0", body=cosmos3_omni)
