"""torch classes, built for their shapes alone."""

from paramcount.hub.endpoint import check

check()  # before transformers is imported, which fails at a malformed HF_ENDPOINT
