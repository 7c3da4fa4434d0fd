"""JSON that others wrote: bounded, and an object."""

import json
from typing import Any, cast

from paramcount.checkpoint.files import shown
from paramcount.errors import all_printable
from paramcount.hub.refusals import HubError
from paramcount.inputs import once

CONFIG_BYTES = 10_000_000
REMEDY = "the repository's owner has to correct it"


def read_object(data: bytes, limit: int, what: str) -> dict[str, Any]:
    """The object that *data* is, every text in it printable, *what* naming it in errors; raises HubError.

    *data* may end one byte after *limit*: that is how a longer document shows.
    """
    if len(data) > limit:
        raise HubError(f"{what} is larger than {limit // 1_000_000} MB; this is no document that describes a model")
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
        return "not text in UTF-8"
    return "nested too deeply" if isinstance(error, RecursionError) else shown(str(error))
