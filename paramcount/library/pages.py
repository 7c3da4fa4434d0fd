"""Pages as functions: their HTML as text, and a server of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramcount.library.loading import spec_named

if TYPE_CHECKING:
    from paramcount.library.loading import Named
    from paramcount.report.page.served import PageServer


def page(*models: Named, static: bool = False) -> str:
    """The page of *models* whose sizes can be moved, as the text of one HTML file that loads nothing.

    *static* is without script and data, for reading and printing alone. Raises paramcount.errors.InputError on what
    states no model and on a model without formulas; MissingLibraryError without Jinja2.

    >>> page("gpt3-xl").startswith("<!DOCTYPE html>")
    True
    """
    from paramcount.errors import InputError
    from paramcount.extras import need
    from paramcount.report.page import page as made

    need("page", "jinja2")
    if not models:
        raise InputError("page: no model; valid: page('gpt3-xl')")
    called = [model if isinstance(model, str) else spec_named(model).name for model in models]
    return made([spec_named(model) for model in models], called, static=static)


def serve(*models: Named, port: int = 0) -> PageServer:
    """A server of the page of *models* for this machine alone, with a field for a config of your own.

    It does nothing before its `serve_forever()` is called; `address` is where a browser finds it, and
    `server_close()` ends it. *port* 0 is one that is free. Raises paramcount.errors.InputError as `page` does, and on a
    port that is taken.

    >>> server = serve("gpt3-xl")
    >>> server.address.startswith("http://127.0.0.1:")
    True
    >>> server.server_close()
    """
    from paramcount.report.page.served import opened

    page(*models)  # so that what is wrong with a model is said before anything is served
    return opened([spec_named(model) for model in models], port)
