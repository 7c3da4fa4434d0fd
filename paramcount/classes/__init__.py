"""torch classes, built only for their shapes."""

from paramcount.hub.endpoint import check

check()  # before importing transformers, which fails on a malformed HF_ENDPOINT
