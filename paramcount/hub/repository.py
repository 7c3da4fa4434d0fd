"""One revision of a repository, and requests for its files."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from paramcount.hub.endpoint import shown
from paramcount.hub.refusals import refusal
from paramcount.hub.transport import Answer, receive


class Hub(NamedTuple):
    """One revision of a repository at one endpoint, and its deadline in time.monotonic()."""

    name: str
    revision: str
    endpoint: str
    headers: dict[str, str]
    until: float

    def get(self, path: str, most: int, *, part: bool = False) -> Answer:
        """At most *most* bytes of *path* below the endpoint; *part* asks the server for no more than that.

        Raises HubError, UnreachableError.
        """
        headers = {**self.headers, "range": f"bytes=0-{most - 1}"} if part else self.headers
        answer = receive(f"{self.endpoint}/{path}", headers, most, self.until)
        if answer.status not in (200, 206):
            token = "authorization" in self.headers
            raise refusal(self.name, self.revision, shown(self.endpoint), answer, token=token)
        return answer

    def file(self, file: str) -> str:
        """The path of *file* below the endpoint."""
        return f"{self.name}/resolve/{quote(self.revision, safe='')}/{quote(file)}"

    def place(self, file: str) -> str:
        """*file* as errors show it."""
        return f"{self.name}/{file}"
