"""Finds a model type's architecture, and the class for which a config is counted."""

from __future__ import annotations

from importlib import import_module

from paramcount.config import Config, ConfigError
from paramcount.models.architecture import Architecture
from paramcount.models.index import ASSEMBLED, OF_PAPERS, OF_PROGRAMS, PLACES, TOWERS


class NotCountedError(ConfigError):
    """A config whose model type or class has no architecture here."""

    def __init__(self, config: Config, why: str):
        self.config = config
        super().__init__(f"{config.name}: {why}")


class UnbuiltError(ConfigError):
    """A config that transformers cannot build either, or could if it were installed."""


def accepted() -> list[str]:
    """The text model types that are counted, in the order they were added."""
    return list(PLACES)


def of_more_than_text() -> list[str]:
    """The image, audio and multimodal model types that are counted."""
    return [*TOWERS, *ASSEMBLED]


def architecture_of(model_type: str) -> Architecture | None:
    """The architecture of *model_type*, from transformers, a paper or a program; None if there is none."""
    places = (PLACES, TOWERS, ASSEMBLED, OF_PAPERS, OF_PROGRAMS)
    place = next((found[model_type] for found in places if model_type in found), None)
    if place is None:
        return None
    module, called = place
    found: Architecture = getattr(import_module(f"paramcount.models.{module}"), called)
    return found


def class_of(config: Config) -> str:
    """The class that holds a text model, the class that *config* names, or the one for its task."""
    of_task = (name for name, task in config.about["classes"].items() if task == config.task)
    return config.holder or config.class_name() or next(of_task, config.task)


def task_of(config: Config, architecture: Architecture) -> str:
    """The task of the class that *config* names, or of the type's language model if it names none.

    Raises ConfigError if the class is not one of the type's, or its head is not supported.
    """
    if config.holder:
        return config.task
    classes, name = config.about["classes"], config.class_name()
    valid = ", ".join(own for own, task in classes.items() if task in architecture.heads)
    if name is None:
        return _language_model(set(classes.values()) & set(architecture.heads))
    if classes.get(name) not in architecture.heads:
        raise NotCountedError(config, f"architectures names {name}, which is not counted here; counted: {valid}")
    return str(classes[name])


def _language_model(tasks: set[str]) -> str:
    """The first of *tasks* that is a language model's, or the body if none is."""
    heads = ("multimodal", "seq2seq", "speech", "causal", "masked", "pretraining")
    return next((task for task in heads if task in tasks), "base")
