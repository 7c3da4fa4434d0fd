"""One config on both sides: the ledger's tensors and those of transformers' class on the meta device."""

import json
from typing import Any, NamedTuple

from paramcount.classes import of_transformers
from paramcount.config import ConfigError, parse
from paramcount.models.configured import Configured
from paramcount.models.registry import architecture_of, task_of


class Outcome(NamedTuple):
    """What became of a config: *ours* and *theirs* say why a side refuses it, "" if it doesn't.

    *differences* are lines, none if a side refuses.
    """

    ours: str = ""
    theirs: str = ""
    differences: tuple[str, ...] = ()

    @property
    def compared(self) -> bool:
        return not self.ours and not self.theirs


def outcome(document: dict[str, Any] | str) -> Outcome:
    """Count *document*, a config or its text, on both sides; messages call it "config"."""
    text = document if isinstance(document, str) else json.dumps(document)
    try:
        configured = Configured(parse(text, "config"))
    except ConfigError as error:
        return Outcome(ours=str(error))
    try:
        built = of_transformers.build(configured.config)
    except Exception as error:  # whatever transformers raises for a config that it refuses
        return Outcome(theirs=repr(error))
    return Outcome(differences=tuple(of_transformers.differences(configured.model, built)))


def transformers_builds(document: dict[str, Any]) -> bool:
    """Whether transformers builds a class from *document*, whose type is accepted."""
    try:
        config = parse(json.dumps(document), "config")
        architecture = architecture_of(config.model_type)
        assert architecture is not None
        config.task = task_of(config, architecture)
        of_transformers.build(config)
    except Exception:  # as above
        return False
    return True
