"""`paramcount serve [MODEL…]`: the page of models, with a field to paste a config.json in, for this machine alone."""

from __future__ import annotations

import click

from paramcount.catalog.locate import resolve
from paramcount.cli.options import complete_models, set_option
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
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: one that is free.")
def command(models: tuple[str, ...], changes: tuple[str, ...], port: int) -> None:
    """Serve the page of `paramcount page` to this machine, with a field for a config of your own.

    A config.json that is pasted there is counted by this program and goes nowhere else. The address that is printed has
    a random word in it, without which nothing is answered. Ctrl-C ends it.
    """
    need("serve", "jinja2")
    from paramcount.report.page import page
    from paramcount.report.page.served import opened

    specs = [resolve(model, changes) for model in models or (FIRST,)]
    page(specs)  # so that what is wrong with a model is said before anything is served
    server = opened(specs, port)
    click.echo(f"{server.address}  (Ctrl-C ends it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("ended", err=True)
    finally:
        server.server_close()
