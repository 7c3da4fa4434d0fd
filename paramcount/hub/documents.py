"""Reads JSON from the hub, limited in size, as an object."""

import json
from typing import Any, cast

from paramcount.checkpoint.files import shown
from paramcount.errors import all_printable
from paramcount.hub.refusals import HubError
from paramcount.inputs import once

CONFIG_BYTES = 10_000_000
REMEDY = "the repository's owner must fix it"


def read_object(data: bytes, limit: int, what: str) -> dict[str, Any]:
    """The JSON object in *data*, with all text printable; *what* names it in errors; raises HubError.

    *data* may be one byte longer than *limit*, which shows that the document is too long.
    """
    if len(data) > limit:
        raise HubError(f"{what} is larger than {limit // 1_000_000} MB, too large to describe a model")
    try:
        document = json.loads(data, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise HubError(f"{what} is not valid JSON ({_where(error)}); {REMEDY}") from None
    if not isinstance(document, dict):
        raise HubError(f"{what} is not a JSON object; {REMEDY}")
    return cast(dict[str, Any], all_printable(document))


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8 text"
    return "nested too deeply" if isinstance(error, RecursionError) else shown(str(error))
