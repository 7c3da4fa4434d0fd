"""`paramcount serve [MODEL…]`: the interactive page on this machine, with a field to paste a config.json."""

from __future__ import annotations

import click

from paramcount.catalog.locate import resolve
from paramcount.cli.options import complete_models, set_option
from paramcount.cli.values import Whole
from paramcount.extras import need

FIRST = "gpt3-xl"
EPILOG = """\b
Examples:
  paramcount serve
  paramcount serve llama-3.1-8b ./config.json --port 8000
"""


@click.command("serve", epilog=EPILOG)
@click.argument("models", metavar="[MODEL…]", nargs=-1, shell_complete=complete_models)
@set_option
@click.option("--port", metavar="PORT", type=Whole(0, 65535), default=0, help="Port to serve on. Default: a free one.")
def command(models: tuple[str, ...], changes: tuple[str, ...], port: int) -> None:
    """Serve the page of `paramcount page` on this machine, with a field for a config of your own.

    A config.json pasted there is counted on this machine and sent nowhere else. The printed address contains a random
    key; requests without it are refused. Stop with Ctrl-C.
    """
    need("serve", "jinja2")
    from paramcount.report.page import page
    from paramcount.report.page.served import opened

    specs = [resolve(model, changes) for model in models or (FIRST,)]
    page(specs)  # so that an error in a model is reported before serving
    server = opened(specs, port)
    click.echo(f"{server.address}  (stop with Ctrl-C)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    finally:
        server.server_close()
