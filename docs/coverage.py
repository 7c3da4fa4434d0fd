"""Write docs/coverage.md: the model types that are counted, compared with transformers' own classes.

`python docs/coverage.py --processes 2` compares 50 random configs of every type, which takes minutes, and writes the
page. `python docs/coverage.py llama gpt2` prints the rows of these types only. Every run draws the same configs.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "coverage.md"
sys.path.insert(0, str(DOCS.parent / "tests"))

from paramcount.config.types import known, types, version  # noqa: E402
from paramcount.models.assembled import OF_TEXT  # noqa: E402
from paramcount.models.registry import accepted, architecture_of, of_more_than_text  # noqa: E402
from paramcount.models.wholes import WHOLES  # noqa: E402

VARIATIONS = 50
ROW = re.compile(r"^\| `(?P<type>[^`]+)` \| (?P<classes>[^|]*) \| (?P<configs>\d+) \|", re.MULTILINE)
TEXT_TASKS = {"causal", "seq2seq", "masked", "pretraining", "question", "choice", "encoder"}
HEAD = """# Model types

This page is written by `python docs/coverage.py`, which compared paramcount with transformers {version}.

paramcount counts {types} model types with {classes} classes by itself, without transformers. For a config it counts
the class that `architectures` names.

Each type was compared with its class on torch's meta device, for its default config and for as many random configs as
its row says: small sizes, every switch both ways, each of its classes at least once. The name and shape of every
parameter, what it is tied to, and the total all agreed. Configs that either side refuses are not included.

- **FLOPs** and **cache** are those of `paramcount flops` and `paramcount cache`. *Exact* means that for random configs
  torch's counter agreed to the integer on the type's own class, and that a real cache held as many numbers. Otherwise
  the reason for refusing is given. An encoder has no cache.
- **Refused by name** lists classes of the type that are not counted, and keys for which a random config was refused
  although transformers builds it. Such a config is an error that names the key, never a wrong count.

[Text models](#text-models) come first, then [models of images and sound](#models-of-images-and-sound): encoders by
themselves, and models that combine them with text, which are counted whole, with a random config for each part.
[The rest](#what-is-not-counted-here) is counted by transformers or refused.

## Text models
"""
COLUMNS = """
| model type | classes | configs | FLOPs | cache | refused by name |
| --- | --- | ---: | --- | --- | --- |
"""
SEEING = "## Models of images and sound"


def counted_classes(model_type: str) -> list[str]:
    """The classes of an accepted type that are counted."""
    about, architecture = known(model_type), architecture_of(model_type)
    assert about is not None
    assert architecture is not None
    return [name for name, task in about["classes"].items() if task in architecture.heads]


def listed(page: str) -> dict[str, tuple[list[str], int]]:
    """The types on *page*, with the classes and the number of configs in each row."""
    rows = ROW.finditer(page)
    return {row["type"]: (row["classes"].split(", "), int(row["configs"])) for row in rows}


def costs_of(model_type: str) -> tuple[str, str]:
    """Whether the FLOPs and the cache of a type are exact, or why they are refused."""
    architecture = architecture_of(model_type)
    assert architecture is not None
    if architecture.uncosted == OF_TEXT:
        return "of its text model", "of its text model"
    if architecture.uncosted:
        return f"refused: {architecture.uncosted}", "exact" if architecture.caches else "refused"
    return "exact", "exact" if keeps_a_cache(model_type) else "none"


def keeps_a_cache(model_type: str) -> bool:
    """Whether the type's own language model has a cache."""
    from models.special import DEFAULTS

    from paramcount.catalog.from_config import spec_of
    from paramcount.config.document import of
    from paramcount.costs.run import Run
    from paramcount.costs.stated import TASKS, costed
    from paramcount.errors import InputError

    about: Any = known(model_type)
    stated = [name for name in counted_classes(model_type) if about["classes"][name] in TASKS]
    for classes in ({}, {"architectures": stated[:1]}):  # its own language model, or the body of a type without one
        spec = spec_of(of({"model_type": model_type, **DEFAULTS.get(model_type, {}), **classes}), model_type)
        for source in (0, 2):
            try:
                return bool(costed(spec, Run(1, 2, source=source)).keeps)
            except InputError:
                continue
    raise AssertionError(f"{model_type}: neither exact nor refused")


def with_costs(page: str) -> str:
    """*page* with its columns of costs brought up to date."""

    def line(row: re.Match[str]) -> str:
        cells = row.group(0).rstrip(" |").split(" | ")
        start = "| " + " | ".join((cells[0].removeprefix("| "), *cells[1:3]))
        return f"{start} | {' | '.join(costs_of(row['type']))} | "

    return re.sub(ROW.pattern + r" [^|\n]* \| [^|\n]* \| ", line, page, flags=re.MULTILINE)


def other_classes(model_type: str) -> list[str]:
    """transformers' classes of an accepted type that are not counted, except those that are only bases."""
    import transformers

    counted = counted_classes(model_type)
    base = getattr(transformers, counted[0], None)
    if base is None:  # a class that is only part of others
        return []
    module = sys.modules[base.__module__]
    return [
        name
        for name in dict.fromkeys(getattr(module, "__all__", ()))
        if name not in counted and not name.endswith("PreTrainedModel") and _is_of(getattr(module, name), base)
    ]


def _is_of(found: Any, base: Any) -> bool:
    return getattr(found, "config_class", None) is base.config_class and hasattr(found, "from_pretrained")


class Verified:
    """The configs of a type that were compared, the keys that were refused, and what differed."""

    def __init__(self, model_type: str, variations: int = VARIATIONS):
        """Compare the default config of *model_type* and *variations* random ones, with each of its classes."""
        from models import of_wholes
        from models.special import DEFAULTS, VARY
        from models.variations import documents

        self.model_type = model_type
        self.configs: set[str] = set()
        self.classes: set[str] = set()
        self.refused: set[str] = set()
        self.differing: list[str] = []
        if not self._compare({"model_type": model_type, **DEFAULTS.get(model_type, {})}):
            self.differing.append(f"{model_type}: a side refuses the default config")
        self.configs.clear()
        if model_type in of_more_than_text():
            random = of_wholes.of_more_than_text(model_type)
        else:
            random = documents(model_type, VARY.get(model_type))
        self._draw(random, variations)
        for name in counted_classes(model_type):
            if name not in self.classes:
                self._draw(random.filter(lambda document, name=name: document["architectures"] == [name]), 2)

    def _draw(self, random: Any, examples: int) -> None:
        """Compare *examples* different *random* configs, the same ones on every run."""
        from hypothesis import HealthCheck, Phase, assume, given, seed, settings

        wide = settings(deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))

        @seed(0)
        @settings(wide, max_examples=examples)
        @given(random)
        def each(document: dict[str, Any]) -> None:
            assume(json.dumps(document) not in self.configs)
            assume(self._compare(document))

        each()

    def _compare(self, document: dict[str, Any]) -> bool:
        from models.compared import outcome, transformers_builds

        found = outcome(document)
        if found.compared:
            self.configs.add(json.dumps(document))
            self.classes.update(document.get("architectures", []))
        if found.ours and transformers_builds(document):
            self.refused.update(re.findall(r"^config: ([\w.]+)", found.ours))
        self.differing += [f"{json.dumps(document)}: {line}" for line in found.differences]
        return found.compared

    def row(self) -> str:
        """The row of the type on the page."""
        classes = ", ".join(name for name in counted_classes(self.model_type) if name in self.classes)
        refused = ", ".join([*other_classes(self.model_type), *(f"`{key}`" for key in sorted(self.refused))])
        costs = " | ".join(costs_of(self.model_type))
        return f"| `{self.model_type}` | {classes} | {len(self.configs)} | {costs} | {refused} |"


def row(model_type: str) -> tuple[str, list[str]]:
    """The row of *model_type*, and what differed."""
    try:
        found = Verified(model_type)
    except Exception as error:  # the other types' rows must not be lost
        return "", [f"{model_type}: {error!r}"]
    return found.row(), found.differing


def through_transformers(model_type: str) -> tuple[str, bool]:
    """A type without an architecture here, and whether transformers builds its default config."""
    from paramcount.classes.of_transformers import counted
    from paramcount.config.document import of
    from paramcount.errors import InputError

    try:
        counted(of({"model_type": model_type}), model_type)
    except InputError:
        return model_type, False
    return model_type, True


def not_counted() -> tuple[list[str], list[str], list[str]]:
    """Types without an architecture here: text types, types with a text model that is counted, and the others."""
    text, holding, others = [], [], []
    for model_type in sorted(set(types()) - {*accepted(), *of_more_than_text()}):
        about = known(model_type)
        assert about is not None
        if model_type in WHOLES:
            holding.append(model_type)
        else:
            (text if TEXT_TASKS & set(about["classes"].values()) else others).append(model_type)
    return text, holding, others


def rest(built: dict[str, bool]) -> str:
    """The section on what is not counted; *built* says for which types transformers builds the default config."""
    text, holding, others = not_counted()
    paragraphs = [
        "## What is not counted here",
        "A config of any other model type or class is counted by transformers itself, exactly but without formulas, "
        "if torch and transformers are installed; otherwise it is refused by name.",
        f"**{len(text)} model types with classes for text**, some of them also for images or sound: "
        f"{_names([name for name in text if built[name]])}; and, with configs that must give more keys because "
        f"transformers builds no default one: {_names([name for name in text if not built[name]])}.",
        f"**{len(holding)} model types contain a text model that is counted**, beside models of images or sound. Only "
        f"the `text_config` of their configs is counted, and the count says so: {_names(holding)}.",
        f"**{len(others)} parts of other models**, for images, sound or one half of a model: {_names(others)}.",
    ]
    return "\n\n".join(paragraphs) + "\n"


def _names(model_types: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in model_types) or "none"


def progress(found: Iterator[tuple[str, list[str]]]) -> Iterator[str]:
    """The rows as they come; exits if a config differed."""
    differing = []
    for line, wrong in found:
        print(line or wrong[-1], file=sys.stderr, flush=True)
        differing += wrong
        yield line
    if differing:
        sys.exit("\n".join(differing))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("types", nargs="*", help="print only the rows of these")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--costs", action="store_true", help="update only the columns of costs")
    arguments = parser.parse_args()
    if arguments.costs:
        PAGE.write_text(with_costs(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
        return
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        rows = list(progress(pool.imap(row, arguments.types or [*accepted(), *of_more_than_text()])))
        if arguments.types:
            return
        text, _, _ = not_counted()
        built = dict(pool.imap(through_transformers, text))
    PAGE.write_text(page(rows, built), encoding="utf-8")


def page(rows: list[str], built: dict[str, bool]) -> str:
    """The page of these *rows*, text types first; *built* is as in `rest`."""
    counted, of_text = [*accepted(), *of_more_than_text()], len(accepted())
    classes = sum(map(len, map(counted_classes, counted)))
    head = HEAD.format(version=version(), types=len(counted), classes=classes)
    tables = ("\n".join((COLUMNS.rstrip(), *some)) for some in (rows[:of_text], rows[of_text:]))
    text, seeing = tables
    return "\n".join((head.rstrip(), text, "", SEEING, seeing, "", rest(built)))


if __name__ == "__main__":
    main()
