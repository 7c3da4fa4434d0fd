"""Checks HF_ENDPOINT, the address used instead of the hub, and shows it without its password."""

import os
from urllib.parse import SplitResult, urlsplit

from paramcount.errors import InputError


def check() -> None:
    """Raise InputError if HF_ENDPOINT is not an address, which breaks importing huggingface_hub and transformers.

    It is not printed, since it may contain a password.
    """
    given = os.environ.get("HF_ENDPOINT")
    if given is not None and _parts(given.strip()) is None:
        raise InputError("HF_ENDPOINT: not a server's address; valid: https://HOST or https://HOST:PORT, or unset it")


def shown(endpoint: str) -> str:
    """*endpoint* as errors show it: without user name, password or query."""
    parts = _parts(endpoint)
    if parts is None:
        return "HF_ENDPOINT" if "@" in endpoint else endpoint
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _parts(endpoint: str) -> SplitResult | None:
    try:
        parts = urlsplit(endpoint)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:  # no host, or an impossible port
        return None
    return parts if known and endpoint.isprintable() and " " not in endpoint else None
