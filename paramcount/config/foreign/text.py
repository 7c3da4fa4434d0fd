"""Config files other than JSON: YAML, and scripts with Megatron's arguments."""

from __future__ import annotations

import re
from typing import Any

from paramcount.config.sizes import ConfigError
from paramcount.extras import need

YAML, SCRIPTS = (".yml", ".yaml"), (".sh", ".txt", ".args")
ARGUMENT = re.compile(r"--([a-z][a-z0-9-]*)(?:[ \t=]+(?:\\\n\s*)?(?!--)([^\s\\]+))?")
LIKE_YAML = re.compile(r"(#[^\n]*\n|\s)*[A-Za-z_][\w-]*:(\s|$)")
DEEPEST, LONGEST = 50, 1_000_000


def document_of(text: str, name: str) -> dict[str, Any] | None:
    """The keys and values in *text* from the file called *name*; None if it is neither YAML nor arguments.

    Raises ConfigError on YAML that cannot be read.
    """
    if name.endswith(YAML) or (not name.endswith(SCRIPTS) and LIKE_YAML.match(text)):
        return _yaml(text, name)
    return _arguments(text) if "--num-layers" in text else None


def _arguments(text: str) -> dict[str, Any]:
    """Megatron's arguments as its parser names them: --num-layers 24 is num_layers; a bare switch is true."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    found: dict[str, Any] = {}
    for match in ARGUMENT.finditer("\n".join(lines)):
        found[match[1].replace("-", "_")] = _value(match[2])
    return found


def _value(text: str | None) -> Any:
    plain = (text or "").strip("\"'()")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 20 else plain or True


def _yaml(text: str, name: str) -> dict[str, Any]:
    need(f"{name}: YAML", "yaml")
    import yaml

    if len(text) > LONGEST:
        raise ConfigError(f"{name}: {len(text):,} characters of YAML; valid: a training config of up to {LONGEST:,}")

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Plain values, no duplicate keys, and no aliases, which could expand a million times."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()
            if isinstance(event, yaml.events.AliasEvent):
                line = event.start_mark.line + 1
                raise ConfigError(f"{name}: the alias *{event.anchor} in line {line}; valid: YAML without aliases")
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            found = super().construct_mapping(node, deep)
            if len(found) < len(node.value):
                line = node.start_mark.line + 1
                raise ConfigError(f"{name}: a key appears twice in the mapping at line {line}; valid: each key once")
            return found

    try:
        found = yaml.load(text, Loader=Loader)
    except ConfigError:
        raise
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply to be a config") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        said = " ".join(str(error).split())[:120]
        raise ConfigError(f"{name}: not valid YAML ({said}); valid: a training config") from None
    if not isinstance(found, dict):
        raise ConfigError(f"{name}: no keys and values; valid: a training config")
    resolved: dict[str, Any] = _resolved(found, found)
    return resolved


def _resolved(value: Any, root: dict[str, Any], depth: int = 0) -> Any:
    """*value* with each OmegaConf reference ${a.b} replaced by what it refers to in *root*."""
    if isinstance(value, dict) and depth < DEEPEST:
        return {str(key): _resolved(one, root, depth + 1) for key, one in value.items()}
    if isinstance(value, list) and depth < DEEPEST:
        return [_resolved(one, root, depth + 1) for one in value]
    if isinstance(value, str) and (match := re.fullmatch(r"\$\{([\w.]+)\}", value)):
        target: Any = root
        for part in match[1].split("."):
            target = target.get(part) if isinstance(target, dict) else None
        return value if isinstance(target, dict | list | None) else target
    return value if isinstance(value, int | float | str | dict | list | None) else str(value)
