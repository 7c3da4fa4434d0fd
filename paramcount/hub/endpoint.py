"""The server in the hub's place: whether HF_ENDPOINT is an address, and how it is named without its password."""

import os
from urllib.parse import SplitResult, urlsplit

from paramcount.errors import InputError


def check() -> None:
    """Raise InputError where HF_ENDPOINT is no address, which huggingface_hub and transformers fail at when imported.

    It is not printed: it may hold a password.
    """
    given = os.environ.get("HF_ENDPOINT")
    if given is not None and _parts(given.strip()) is None:
        raise InputError("HF_ENDPOINT: no address of a server; valid: https://HOST or https://HOST:PORT, or unset it")


def shown(endpoint: str) -> str:
    """*endpoint* as errors name it: without a user's name, a password or a query."""
    parts = _parts(endpoint)
    if parts is None:
        return "HF_ENDPOINT" if "@" in endpoint else endpoint
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _parts(endpoint: str) -> SplitResult | None:
    try:
        parts = urlsplit(endpoint)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:  # no host, or a port that none has
        return None
    return parts if known and endpoint.isprintable() and " " not in endpoint else None
