"""The hub's refusals and unexpected answers as one-line errors that say what to do."""

from collections.abc import Sequence

from paramcount.errors import InputError
from paramcount.hub.transport import Answer

BAD_TOKEN = "Invalid credentials in Authorization header"
DISABLED = "Access to this resource is disabled."


class HubError(InputError):
    """A repository that cannot be read; the message says what to do."""


def unreachable(name: str, endpoint: str, reason: str) -> HubError:
    """The server at *endpoint* did not answer."""
    remedy = "use a local config.json, or set HF_ENDPOINT to a reachable server"
    return HubError(f"{name}: {endpoint} could not be reached ({reason}); {remedy}")


def refusal(name: str, revision: str, endpoint: str, answer: Answer, *, token: bool) -> HubError:
    """Why the hub did not answer with a file; *token* says whether a token was sent."""
    code, said = answer.headers.get("x-error-code", ""), answer.headers.get("x-error-message", "")
    page = f"{endpoint}/{name}"
    if code == "GatedRepo":
        whose = "with the account of HF_TOKEN" if token else "and set HF_TOKEN"
        return HubError(f"{name}: this repository is gated; accept its licence at {page} {whose}")
    if code == "RevisionNotFound":
        where = f"{page}/tree/main lists its branches and tags"
        return HubError(f"{name}: this repository has no revision {revision}; {where}")
    if said == DISABLED:
        return HubError(f"{name}: the hub has disabled access to this repository; see {page}")
    if answer.status == 401 and said == BAD_TOKEN:
        return HubError(f"{name}: {endpoint} does not accept the token; set HF_TOKEN to a valid one, or unset it")
    if answer.status in (401, 404) and code in ("", "RepoNotFound"):
        remedy = "check the spelling, or set HF_TOKEN to a token that may read it"
        return HubError(f"{name}: {endpoint} has no such repository, or it is private; {remedy}")
    return HubError(f"{name}: {_trouble(endpoint, answer)}")


def _trouble(endpoint: str, answer: Answer) -> str:
    if answer.status == 429:
        after = answer.headers.get("retry-after", "")
        wait = f"wait {after} seconds" if after.isdecimal() and len(after) < 7 else "wait a few minutes"
        return f"too many requests to {endpoint}; {wait}, or set HF_TOKEN, which allows more"
    if answer.status >= 500:
        return f"{endpoint} failed (status {answer.status}); try again later"
    if answer.status in (401, 403):
        remedy = "set HF_TOKEN to a token that may read it"
        return f"{endpoint} refused access to the file (status {answer.status}); {remedy}"
    return f"{endpoint} answered with status {answer.status}; check HF_ENDPOINT"


def without_config(name: str, files: Sequence[str]) -> HubError:
    """A repository without a config.json, described by the files it has."""
    remedy = "name a repository with one (a conversion's page links to the model it was made from)"
    return HubError(f"{name}: this repository has no config.json, only {some(files)}; {remedy}")


def some(files: Sequence[str]) -> str:
    """The first five of *files*, and how many more there are."""
    if not files:
        return "no files"
    more = f" and {len(files) - 5} more" if len(files) > 5 else ""
    return ", ".join(files[:5]) + more
