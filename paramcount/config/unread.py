"""Checks config keys that the model's class ignores, and refuses those that contradict the model counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from paramcount.config.config import Config
from paramcount.config.keys import symbol
from paramcount.config.meaning import KIN, meanings
from paramcount.config.own_code import CODE
from paramcount.config.sizes import ConfigError, Use
from paramcount.config.switches import agrees, denies, of_the_same, speaks
from paramcount.ledger.model import PARTS, Entry, part_of, within_part

HARMLESS = os.path.join(os.path.dirname(__file__), "harmless.txt")
# Keys any config may have and that do not affect shapes.
COMMON = frozenset(
    {
        *("model_type", "architectures", "transformers_version", "torch_dtype", "dtype", "id2label", "label2id"),
        *("quantization_config", "rope_scaling", "rope_parameters", "rope_theta", "num_labels", "sliding_window"),
        *CODE,
    }
)
# A type without a key for one of these sizes lacks the part.
OPTIONAL = {"n_experts": "experts", "r_kv": "compressed keys and values", "r_q": "compressed queries"}
LENGTHS = ("ctx", "context", "seq")  # in names of keys for lengths that may differ from the table's
PADDED = 2  # extra positions in tables like RoBERTa's beyond the longest text
ABSOLUTE = ("absolute", "learned", "learned_absolute", "learnable")
KINDS_OF_POSITIONS = ("position_embedding_type", "pos_embedding_type", "positional_embedding_type", "position_encoding")
ROTARY = ("alibi", "use_alibi", "rotary", "rope", "use_rope", "use_rotary", "use_rotary_position_embeddings")
ONE_OF_ALL = ("multi_query", "multi_query_attention")
PLACED = (*KINDS_OF_POSITIONS, *ROTARY, *ONE_OF_ALL, "pruned_heads")
# Names for d_ff / d_model. Meta's multiplies a width that follows from its own rule.
RATIOS = ("mlp_ratio", "ffn_ratio", "ffn_mult", "ffn_multiplier", "expansion_ratio", "mlp_expansion_ratio")
OF_META = "ffn_dim_multiplier"
EVERY = ("_freq", "_step", "_interval")  # with one of these suffixes, 1 means every layer
OF_TOKENS = ("_token_id", "_token_ids", "_token_index")
OF_MODELS = ("n_layers", "d_model")  # a nested config gives some of these
READS = "the type reads "
NEAR = 0.9  # similarity at which a key counts as misspelt

Ledger = Callable[[], Iterable[Entry]]


class Judged(NamedTuple):
    """A key that nothing reads, and *why* it contradicts the model counted, or "" if that is unknown."""

    key: str
    value: Any
    why: str = ""

    def __str__(self) -> str:
        text = str(self.value).lower() if isinstance(self.value, bool) else str(self.value)
        return f"{self.key} = {text if len(text) <= 40 else text[:37] + '…'}"


class Model(NamedTuple):
    """What a config is checked against: the sizes it was counted with, and its tensors."""

    config: Config
    used: Mapping[str, Use]
    ledger: Ledger


def passed_over(config: Config, used: Mapping[str, Use], ledger: Ledger) -> list[str]:
    """The numbers and switches of *config*, "key = value", that nothing reads and that may matter.

    *used* are the sizes the model is built with, *ledger* gives its tensors. Raises ConfigError if some of them
    contradict these.
    """
    found = [
        judged._replace(key=one.prefix + judged.key)
        for one in (config, *_inside(config))
        for judged in _unread(_of_part(one.part, Model(one, used, ledger)))
    ]
    wrong = [one for one in found if one.why]
    if wrong:
        keys = ", ".join(map(str, wrong))
        why = "; ".join(dict.fromkeys(one.why for one in wrong)).replace(f"; {READS}", ", ")
        are = "is not a key" if len(wrong) == 1 else "are not keys"
        raise ConfigError(f"{config.name}: {keys} {are} of {config.model_type}; {why}")
    return list(map(str, found))


def _of_part(part: str, model: Model) -> Model:
    """*model* with only the sizes and tensors of *part*, under their names within it."""
    end, others = f"_{part}", tuple(f"_{other}" for other in PARTS)
    mine = {name.removesuffix(end): use for name, use in model.used.items() if name.endswith(end)}
    plain = {name: use for name, use in model.used.items() if not name.endswith(others)}

    def ledger() -> Iterator[Entry]:
        for entry in model.ledger():
            if part_of(entry.component) == (part or "text"):
                yield entry._replace(component=within_part(entry.component))

    return model._replace(used=mine if part else plain, ledger=ledger)


def _inside(config: Config) -> list[Config]:
    own = [inner for inner in config.inner.values() if inner.about["defaults"]]
    return [*own, *(deeper for inner in own for deeper in _inside(inner))]


def _unread(model: Model) -> list[Judged]:
    found = []
    for key, value in model.config.document.items():
        if value is None or key.startswith("_") or key in COMMON or _is_read(model.config, key):
            continue
        if key.endswith(OF_TOKENS) or (model.config.prefix and key == "tie_word_embeddings"):
            continue  # a token id, or tying in a part without a head
        written = key in model.config.about.get("saved", ())  # derived and saved by transformers
        judged = None if written and model.config.prefix else _judged(model, key, value)
        if judged is not None and (judged.why or not written):
            found.append(judged)
    return found


def _is_read(config: Config, key: str) -> bool:
    own = config.spelling.own(key)
    return own in config.about["defaults"] or own in config.asked or key in config.about["spellings"]


def _judged(model: Model, key: str, value: Any) -> Judged | None:
    """The note on *key*, or None."""
    if key in PLACED and (why := _placed(model, key, value)):
        return Judged(key, value, why)
    if isinstance(value, bool):
        said = agrees(key, value, model.ledger)
        if said is False:
            own = of_the_same(key, model.config.about["defaults"])
            has = "none" if value != denies(key) else "them"
            return Judged(key, value, f"{READS}{', '.join(own)}" if own else f"the type has {has}")
        absent = not value and not speaks(key) and _known(key)  # a part of other types that this one lacks
        return None if said or absent or is_harmless(key) else Judged(key, value)
    if isinstance(value, Mapping):
        parts = model.config.about.get("parts")
        if parts and (isinstance(value.get("model_type"), str) or any(symbol(own) in OF_MODELS for own in value)):
            return Judged(key, "{…}", f"{READS}{', '.join(parts)}")
        return Judged(key, "{…}") if any(meanings(own) and _sizes(value[own]) for own in value) else None
    if (sizes := _sizes(value)) and (meant := meanings(key)):
        return _size(model, key, max(sizes), meant)
    if key in (*RATIOS, OF_META) and (why := _ratio(model, key, value)):
        return Judged(key, value, why)
    if not isinstance(value, int | float) or is_harmless(key) or (value == 1 and key.endswith(EVERY)):
        return None
    near = None if _known(key) else _near(key, model.used)
    if near is not None and near.value != value:
        return Judged(key, value, _reads([near]))
    return Judged(key, value)


def _sizes(value: Any) -> list[int]:
    """The sizes in *value*, a whole number or a list of them, else none."""
    found = value if isinstance(value, list) else [value]
    whole = [int(one) for one in found if type(one) is int or (type(one) is float and one.is_integer())]
    return whole if len(whole) == len(found) else []


def _size(model: Model, key: str, value: int, meant: tuple[str, ...]) -> Judged | None:
    """The note on the size under *key*, which may mean any of the symbols in *meant*."""
    own = [use for symbol in meant for use in _alike(symbol, model.used)]
    if "d_expert" in meant and "n_experts" not in model.used:
        own = []
    if value <= 0 or any(use.value == value for use in own):
        return None
    if not own:
        return _of_none(model, key, value, meant)
    if "n_ctx" in meant:
        table = max(int(use.value) for use in own)
        if 0 < table - value <= PADDED:
            return None
        if any(part in key for part in LENGTHS) and value < table and any(use.given for use in own):
            return Judged(key, value)
    heads = model.used.get("n_heads")
    if "group" in key and heads and any(value * use.value == heads.value for use in own):
        return None
    if meant[0] == "d_embedding" and own[0].given:  # a teacher's width, or an embedding's projection
        return Judged(key, value)
    return Judged(key, value, _reads(own))


def _of_none(model: Model, key: str, value: int, meant: tuple[str, ...]) -> Judged | None:
    """The note on a size the type has no key for, or one left open that follows from its heads."""
    heads, widths = _alike("n_heads", model.used), _alike("d_model", model.used)
    if "n_ctx" in meant or (meant[0] == "n_vocab" and model.config.part):
        return None  # positions without a table; in a tower, a repeat of its text model's size
    if meant[0] in OPTIONAL:
        return None if value == 1 else Judged(key, value, f"the type has no {OPTIONAL[meant[0]]}")
    if meant[0] == "d_ff" and (sides := _feed_forward(model)):
        named = _named(model.config, "d_ff") or [f"{min(sides)} and {max(sides)} as the dimensions of its feed-forward"]
        return None if not sides.isdisjoint((value, 2 * value)) else Judged(key, value, f"{READS}{named[0]}")
    if "n_kv_heads" in meant and heads:
        together = any(model.config.get(key) is True for key in ONE_OF_ALL)
        same = value == 1 if together else any(use.value == value for use in heads)
        named = _named(model.config, "n_kv_heads")
        why = f"{READS}{named[0]}" if named else f"{_reads(heads)} for keys and values too"
        return None if same else Judged(key, value, why)
    if "d_head" in meant and heads and widths:
        same = any(value * use.value == width.value for use in heads for width in widths)
        return None if same else Judged(key, value, f"{READS}{widths[0].key} / {heads[0].key}")
    return Judged(key, value)


def _ratio(model: Model, key: str, value: Any) -> str:
    """What is wrong if *key* gives a ratio of widths that does not match the feed-forward, else ""."""
    width, own = model.used.get("d_model"), [use for use in _alike("d_ff", model.used) if use.given]
    if own or width is None or not isinstance(value, int | float):
        return ""
    sides = {2 * side for side in _feed_forward(model)} | _feed_forward(model) if key in RATIOS else set()
    named = _named(model.config, "d_ff") or [f"{width.key} = {width.value}"]
    return "" if value * width.value in sides else f"{READS}{named[0]}"


def _feed_forward(model: Model) -> set[int]:
    """The dimensions of the feed-forward's matrices."""
    matrices = (entry.tensor for entry in model.ledger() if entry.component == "feed-forward")
    return {side for tensor in matrices if len(tensor.shape) > 1 for side in tensor.sides()}


def _named(config: Config, symbol: str) -> list[str]:
    """The type's own keys that mean *symbol*."""
    return [own for own in config.about["defaults"] if symbol in meanings(own)]


def _alike(symbol: str, used: Mapping[str, Use]) -> list[Use]:
    """The sizes used with the meaning of *symbol* or a related one."""
    exact = [use for name, use in used.items() if name == symbol or name.endswith(f"_{symbol}")]
    return [*exact, *(used[other] for other in KIN.get(symbol, ()) if other in used)]


def _placed(model: Model, key: str, value: Any) -> str:
    """What is wrong if *key* gives positions or heads that differ from the type's, else ""."""
    learned, heads = "n_ctx" in model.used, model.used.get("n_heads")
    if key == "pruned_heads":
        return "valid: none, since pruned heads would be counted" if value else ""
    if key in ONE_OF_ALL and heads is not None:
        alone = model.used.get("n_kv_heads", heads).value == heads.value > 1
        return f"{_reads([heads])} for keys and values too" if value and alone else ""
    if key in KINDS_OF_POSITIONS and isinstance(value, str) and value.startswith("relative"):
        return "valid: absolute, since tables of relative positions are not counted"
    if learned and ((key in KINDS_OF_POSITIONS and value not in ABSOLUTE) or (key in ROTARY and value is True)):
        return f"the type has a position table, {_reads([model.used['n_ctx']])}"
    return ""


def _reads(own: list[Use]) -> str:
    keys = dict.fromkeys(f"{use.key} = {use.value}" for use in own)
    return READS + " and ".join(keys)


def _near(key: str, used: Mapping[str, Use]) -> Use | None:
    """The size whose key *key* may be a misspelling of."""
    from difflib import get_close_matches  # only needed for an unknown key

    keys = {use.key: use for use in used.values() if use.settable and type(use.value) is int}
    near = get_close_matches(key, list(keys), n=1, cutoff=NEAR)
    return keys[near[0]] if near else None


def _known(key: str) -> bool:
    """Whether some transformers type has *key*."""
    from paramcount.config.types import lines

    return any(f'"{key}": ' in line for line in lines())


def is_harmless(key: str) -> bool:
    """Whether *key* is one that some transformers type has or had, and that never affects the count."""
    return f"\n{key}\n" in _harmless()


@cache
def _harmless() -> str:
    with open(HARMLESS, encoding="utf-8") as file:
        return file.read()
