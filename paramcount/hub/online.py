"""A repository read from the hub."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from paramcount.checkpoint.files import shown
from paramcount.hub import HubModel, endpoint
from paramcount.hub.documents import CONFIG_BYTES, read_object
from paramcount.hub.refusals import HubError, unreachable, without_config
from paramcount.hub.repository import Hub
from paramcount.hub.transport import UnreachableError, gather
from paramcount.hub.weights import note, read

PATIENCE = 20.0
"""Seconds for everything except the shards."""
LISTING_BYTES = 20_000_000
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


def load(name: str, revision: str) -> HubModel:
    """The repository *name* at *revision* from the hub; raises HubError."""
    from huggingface_hub import constants

    address, until = constants.ENDPOINT, time.monotonic() + PATIENCE
    try:
        [headers] = gather([partial(_headers, name)], until)
        return _read(Hub(name, revision, address, headers, until))
    except UnreachableError as error:
        raise unreachable(name, endpoint.shown(address), str(error)) from error


def _read(hub: Hub) -> HubModel:
    commit, files = _listing(hub)
    hub = hub._replace(revision=commit)
    if "config.json" not in files:
        raise without_config(hub.name, files)
    [answer] = gather([partial(hub.get, hub.file("config.json"), CONFIG_BYTES + 1)], hub.until)
    config = read_object(answer.body, CONFIG_BYTES, hub.place("config.json"))
    tensors = read(hub, files)
    tensors = tensors and tensors._replace(beside={"config.json": config})
    return HubModel(hub.name, commit, config, tensors, tuple(files), note(files))


def _listing(hub: Hub) -> tuple[str, Sequence[str]]:
    """The commit the revision stands for, and the files there."""
    path = f"api/models/{hub.name}/revision/{quote(hub.revision, safe='')}"
    [answer] = gather([partial(hub.get, path, LISTING_BYTES + 1)], hub.until)
    strange = HubError(f"{hub.name}: {endpoint.shown(hub.endpoint)} does not answer like the hub; check HF_ENDPOINT")
    try:
        found = read_object(answer.body, LISTING_BYTES, path)
    except HubError:
        raise strange from None
    commit, siblings = found.get("sha"), found.get("siblings")
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit) or not isinstance(siblings, list):
        raise strange
    names = [sibling.get("rfilename") for sibling in siblings if isinstance(sibling, dict)]
    return commit, [name for name in names if isinstance(name, str) and name.isprintable()]


def _headers(name: str) -> dict[str, str]:
    """Headers for each request; run in a thread, since the token may be renewed over the network."""
    from huggingface_hub import constants, get_token

    remedy = "set HF_TOKEN to a valid token, or unset it"
    try:
        token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    except Exception as error:  # whichever kind of login failed
        raise HubError(f"{name}: huggingface_hub gave no token ({shown(str(error))}); {remedy}") from error
    if token and not (token.isascii() and token.isprintable()):
        raise HubError(f"{name}: the token has invalid characters; {remedy}")
    headers = {"user-agent": "paramcount", "accept-encoding": "identity"}
    return {**headers, "authorization": f"Bearer {token}"} if token else headers
