"""The page of models as HTML text, and a server for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramcount.arguments import checked
from paramcount.library.loading import spec_named

if TYPE_CHECKING:
    from paramcount.library.loading import Named
    from paramcount.report.page.served import PageServer


@checked
def page(*models: Named, static: bool = False) -> str:
    """The interactive page of *models* as the text of one self-contained HTML file.

    *static* leaves out script and data, for reading and printing. Raises paramcount.errors.InputError without a model
    and on a model without formulas; MissingLibraryError without Jinja2.

    >>> page("gpt3-xl").startswith("<!DOCTYPE html>")
    True
    """
    from paramcount.errors import InputError
    from paramcount.extras import need
    from paramcount.report.page import page as made

    need("page", "jinja2")
    if not models:
        raise InputError("page: no model given; valid: page('gpt3-xl')")
    called = [model if isinstance(model, str) else spec_named(model).name for model in models]
    return made([spec_named(model) for model in models], called, static=static)


@checked
def serve(*models: Named, port: int = 0) -> PageServer:
    """A server, for this machine only, of the page of *models* with a field for a config of your own.

    Open its `address` in a browser after calling `serve_forever()`; `server_close()` closes it. *port* 0 means any free
    port. Raises paramcount.errors.InputError as `page` does, and if the port is taken.

    >>> server = serve("gpt3-xl")
    >>> server.address.startswith("http://127.0.0.1:")
    True
    >>> server.server_close()
    """
    from paramcount.report.page.served import opened

    page(*models)  # so that an error in a model is reported before serving
    return opened([spec_named(model) for model in models], port)
