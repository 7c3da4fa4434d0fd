"""One HTML page on one or more models: a report to print, and a calculator to use."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.extras import need
from paramcount.report.page.data import as_script, page_data
from paramcount.report.page.mathml import labelled, mathml
from paramcount.report.page.render import Panel

SCRIPTS = ("numbers.js", "model.js", "hold.js", "drawing.js", "copies.js", "state.js", "view.js", "main.js")
WEIGHTS = {"fp32": 4, "bf16": 2, "int8": 1}  # bytes per number


class Door(NamedTuple):
    """A field to paste a config.json into, with the *text* pasted last and its *fault*, if any."""

    text: str = ""
    fault: str = ""


def page(
    specs: Sequence[Spec],
    called: Sequence[str] = (),
    *,
    static: bool = False,
    door: Door | None = None,
    home: str = "",
) -> str:
    """The page on *specs* as HTML that loads no other file; *static* leaves out the script, for reading and printing.

    *called* is each model's name on the command line, by default its own name. With a *door*, a pasted config goes to
    the server that served the page; *home* is the address of a page with all models. Raises MissingLibraryError without
    Jinja2, and InputError on a model that has no formulas.
    """
    models = page_data(specs, called)
    return filled(
        "page.html.j2",
        script=() if static else SCRIPTS,
        served=door is not None,
        title=", ".join(spec.title() for spec in specs),
        models=[Panel(model, _command(model["called"], spec)) for model, spec in zip(models, specs, strict=True)],
        live=not static,
        door=door,
        home=home,
        json=as_script({"models": models}),
        dtypes=WEIGHTS,
    )


def filled(template: str, script: Sequence[str] = (), served: bool = False, **values: Any) -> str:
    """*template* filled with *values*, the page's style, and the files in *script* joined into one."""
    need("a page", "jinja2")
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("paramcount.report", "page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["mathml"] = lambda text: Markup(mathml(text))
    environment.filters["labelled"] = lambda text: Markup(labelled(text))
    style, code = _read("page.css"), _together(script)
    return environment.get_template(template).render(
        style=Markup(style),
        script=Markup(code),
        csp=_policy(style, code, served),
        version=version("paramcount"),
        **values,
    )


def _read(name: str) -> str:
    return (files("paramcount.report.page") / name).read_text(encoding="utf-8")


def _together(names: Sequence[str]) -> str:
    """The scripts joined into one, in a scope of its own."""
    if not names:
        return ""
    lines = (line for name in names for line in _read(name).splitlines() if line.strip() and line != "// @ts-check")
    return '"use strict";{\n' + "\n".join(lines) + "\n}"


def _policy(style: str, script: str, served: bool) -> str:
    """The content security policy: the page may run its own script, use its own style and draw its own images."""
    forms = "'self'" if served else "'none'"
    run = f"script-src '{_hash(script)}'; " if script else ""
    return (
        f"default-src 'none'; {run}style-src '{_hash(style)}'; img-src data: blob:; base-uri 'none'; "
        f"form-action {forms}; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _command(called: str, spec: Spec) -> str:
    changes = {**(spec.sizes if spec.name == spec.family.name else {}), **spec.overridden}
    settings = (f"--set {field}={str(value).lower()}" for field, value in changes.items())
    return " ".join(("paramcount", called, *settings))
