"""What a training program saves around its weights: the key they are under, its arguments, and other state."""

from collections.abc import Mapping
from typing import Any

from paramcount.checkpoint.files import shown
from paramcount.checkpoint.inert import Inert
from paramcount.checkpoint.tensors import Wrapped

# Keys of the weights: Lightning and Meta's earlier programs, plain torch, DeepSpeed, nanoGPT and Megatron.
KEYS = ("state_dict", "model_state_dict", "module", "model", "model_state")
ARGUMENTS = ("model_args", "hyper_parameters", "args", "config", "cfg", "hparams", "dims")
OWN_STATE = "_extra_state"  # Transformer Engine's scales, not a weight
DEEPEST = 12
MOST = 10_000  # nested mappings
MOST_LEFT = 100
WORDS = (int, float, str, bool, type(None))


def state_of(loaded: Mapping[Any, Any]) -> tuple[Mapping[Any, Any], Wrapped]:
    """The named tensors in *loaded*, nested names joined by dots, and what is beside them."""
    if any(isinstance(name, str) and name.endswith((".weight", ".bias")) for name in loaded):
        return _weights(loaded), Wrapped()
    for key in KEYS:
        inner = loaded.get(key)
        if isinstance(inner, Mapping) and any(_is_tensor(value) for _, value in _flat(inner)):
            return _weights(dict(_flat(inner))), Wrapped(key, _left(loaded, key), _arguments(loaded))
    return loaded, Wrapped()


def divided_shapes(loaded: Mapping[Any, Any]) -> dict[str, tuple[int, ...]]:
    """The shapes a ZeRO-3 rank gives for tensors sharded across ranks, which are empty in its file; else none."""
    stated = loaded.get("param_shapes")
    groups = [*stated, loaded.get("frozen_param_shapes")] if isinstance(stated, list) else []
    return {
        name: tuple(shape)
        for group in groups
        if isinstance(group, Mapping)
        for name, shape in group.items()
        if isinstance(name, str) and isinstance(shape, tuple) and all(type(side) is int for side in shape)
    }


def _weights(state: Mapping[Any, Any]) -> Mapping[Any, Any]:
    return {name: value for name, value in state.items() if not str(name).endswith(OWN_STATE)}


def _flat(state: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """The items in *state*, nested names joined by dots; a mapping seen before is left as it is."""
    found: list[tuple[Any, Any]] = []
    _flatten(state, "", {id(state)}, found)
    return found


def _flatten(state: Mapping[Any, Any], before: str, seen: set[int], found: list[tuple[Any, Any]]) -> None:
    for name, value in state.items():
        inner = isinstance(value, Mapping) and isinstance(name, str) and id(value) not in seen and len(seen) < MOST
        if inner and before.count(".") < DEEPEST:
            seen.add(id(value))
            _flatten(value, f"{before}{name}.", seen, found)
        else:
            found.append((f"{before}{name}" if isinstance(name, str) else name, value))


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "untyped_storage")


def _left(loaded: Mapping[Any, Any], key: str) -> dict[str, str]:
    """What *loaded* holds beside *key*, in words."""
    others = [(name, value) for name, value in loaded.items() if name != key and isinstance(name, str)]
    return {shown(name): _held(value) for name, value in others[:MOST_LEFT] if name not in ARGUMENTS}


def _held(value: Any) -> str:
    found = _elements(value)
    if not found:
        return ""
    tensors = "tensor" if len(found) == 1 else "tensors"
    return f"{len(found):,} {tensors}, {sum(found):,} {'number' if sum(found) == 1 else 'numbers'}"


def _elements(value: Any) -> list[int]:
    """The elements of every tensor inside *value*, counting each container once."""
    found, todo, seen = [], [value], {id(value)}
    while todo:
        one = todo.pop()
        if _is_tensor(one):
            found.append(one.numel())
        inner = one.values() if isinstance(one, Mapping) else one if isinstance(one, list | tuple) else ()
        fresh = [other for other in inner if id(other) not in seen]
        seen |= {id(other) for other in fresh}
        todo += fresh
    return found


def _arguments(loaded: Mapping[Any, Any]) -> dict[str, Any]:
    """The first set of arguments present, plain values only."""
    for key in ARGUMENTS:
        said = vars(loaded[key]) if isinstance(loaded.get(key), Inert) else loaded.get(key)
        if isinstance(said, Mapping):
            plain = {name: value for name, value in said.items() if isinstance(name, str) and isinstance(value, WORDS)}
            if plain:
                return {shown(name): shown(value) if isinstance(value, str) else value for name, value in plain.items()}
    return {}
