"""Modules for multi-token prediction, which transformers' classes drop on loading: counted on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from paramcount.blocks.decoder import Make
from paramcount.blocks.prediction import as_a_layer
from paramcount.config import Config
from paramcount.ledger.model import Model, Parts
from paramcount.ledger.sized import Sized, plain

ASKED = "mtp"  # the switch that adds them: --set mtp=true
NUMBER = "num_nextn_predict_layers"
MODULES, DROPPED = "modules for multi-token prediction", "transformers' class drops them on loading"
AGAIN = ("", "the embedding is", "the embedding and the head are")


class Ahead(NamedTuple):
    """What the modules consist of, and the *key* under which a config gives their number.

    *parts* builds them from the config, the prefix of its names and their number, which is *otherwise* if the config
    does not give it. *copies* says how much of the embedding and the head released checkpoints store again for each.
    """

    parts: Callable[[Config, str, Sized], Parts]
    key: str = NUMBER
    otherwise: int = 0
    copies: int = 0

    def on(self, model: Model, asked: Config, c: Config, prefix: str) -> Model:
        """*model*, with the modules of its text model *c* added if *asked* asks for them.

        Otherwise their size is noted. Raises ConfigError if they are asked for and there are none.
        """
        asked.values.setdefault(ASKED, False)
        if not self._number(c):
            if asked.get(ASKED):
                raise asked.refuse(ASKED, f"valid: false, or true with {self.key} of 1 or more")
            return model
        if not asked.flag(ASKED):
            c.notes.append(self._left_out(model, c, prefix))
            return model
        stated = "" if c.get(self.key) is None else f"{self.key} = {c.get(self.key)}: "
        c.notes.append(f"{stated}{MODULES} are counted, sharing the embedding and the head, though {DROPPED}.")
        return Model((*model.parts, *self.parts(c, prefix, self._size(c))))

    def _number(self, c: Config) -> int:
        return self.otherwise if c.get(self.key) is None else plain(_apart(c).size(self.key, least=0))

    def _size(self, c: Config) -> Sized:
        if c.get(self.key) is None:
            return c.named("n_mtp", self.otherwise, "as released; not in the config")
        return c.size(self.key)

    def _left_out(self, model: Model, c: Config, prefix: str) -> str:
        one = _apart(c)
        own = plain(Model(self.parts(one, prefix, self._size(one))).total())
        total, table = plain(model.total()), plain(one.size("vocab_size") * one.size("hidden_size"))
        stated = "A checkpoint may have " if c.get(self.key) is None else f"{self.key} = {c.get(self.key)}: "
        again = total + own + self.copies * self._number(c) * table
        stored = f", or {again:,} if {AGAIN[self.copies]} stored again for them" if self.copies else ""
        return (
            f"{stated}{MODULES}, not counted since {DROPPED}. They have {own:,} parameters, "
            f"{total + own:,} with the model (--set {ASKED}=true){stored}."
        )


def behind_the_layers(layer: Make) -> Callable[[Config, str, Sized], Parts]:
    """Modules with one *layer* each, numbered after the model's layers."""

    def parts(c: Config, prefix: str, n_modules: Sized) -> Parts:
        first = plain(c.size("num_hidden_layers"))
        return as_a_layer(c, f"{prefix}layers", n_modules, layer, tuple(range(first, first + plain(n_modules))))

    return parts


def _apart(c: Config) -> Config:
    """A copy of the config, so that what is read for uncounted modules is not recorded."""
    apart = Config(c.document, c.about, c.name, c.prefix)
    apart.task = c.task
    return apart
