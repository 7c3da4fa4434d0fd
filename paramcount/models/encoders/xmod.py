"""X-MOD: XLM-RoBERTa with adapters per language."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, embeddings, layer, layers, pooler
from paramcount.blocks.parts import dense, idle, layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.encoders.roberta import ROBERTA, ROBERTA_POOLED


def _adapters(c: Config) -> Parts:
    """A bottleneck for each language, after the feed-forward (Pfeiffer et al. 2022, sec. 3.1)."""
    languages = c.get("languages")
    if not isinstance(languages, list) or not all(isinstance(one, str) and one.isidentifier() for one in languages):
        raise c.refuse("languages", "valid: a list of codes such as en_XX")
    d_model, factor = c.size("hidden_size"), c.size("adapter_reduction_factor")
    d_adapter = c.follows("d_adapter", "hidden_size / adapter_reduction_factor, rounded down", d_model, factor)
    names = [f"output.adapter_modules.{one}" for one in dict.fromkeys(languages)]
    norm = (layer_norm("output.adapter_layer_norm", d_model),) if c.flag("adapter_layer_norm") else ()
    into = [dense(f"{name}.dense1", "adapters", d_model, d_adapter, bias=True) for name in names]
    back = [dense(f"{name}.dense2", "adapters", d_adapter, d_model, bias=True) for name in names]
    return (*norm, *_one_of(into), *_one_of(back))


def _one_of(maps: list[Part]) -> Parts:
    """*maps* of the same shapes, of which a token uses one."""
    return (*maps[:1], *(idle(one) for one in maps[1:]))


def xmod(c: Config) -> Parts:
    """Pfeiffer et al. 2022: XLM-RoBERTa with adapters per language; pre_norm adds a final norm."""
    final = (layer_norm("encoder.LayerNorm", c.size("hidden_size"), component="final norm"),)
    one = (*layer(c, cross(c)), *_adapters(c))
    return (*embeddings(c), layers(c, one), *(final if c.flag("pre_norm") else ()), *pooler(c, ROBERTA_POOLED))


XMOD = ROBERTA._replace(summary="XLM-RoBERTa with adapters per language", source="Pfeiffer et al. 2022", body=xmod)
