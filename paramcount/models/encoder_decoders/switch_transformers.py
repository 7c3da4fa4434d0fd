"""Switch Transformers: T5's encoder and decoder with experts in some layers."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import note_untied
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense
from paramcount.blocks.roles import ROUTER
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.encoder_decoders.t5 import T5, assembled, attending, depth, norm, positions


def switch(c: Config) -> Parts:
    """Fedus et al. 2021, sec. 2: T5's layers, in some of which each token is routed to one of several feed-forwards."""
    if not c.flag("tie_word_embeddings"):
        note_untied(c)
    return assembled(c, _side, "shared.weight" if c.flag("tie_word_embeddings") else "")


def _side(c: Config, name: str) -> Parts:
    kinds = _kinds(c, name)
    layers = stacks(c, f"{name}.block", kinds, lambda kind: _layer(c, name, kind.startswith("sparse")), depth(c, name))
    return (*layers, positions(c, f"{name}.block.0.layer.0.SelfAttention"))


def _kinds(c: Config, side: str) -> list[str]:
    """Every step-th layer is sparse, starting from the second, or from the first if the step is one."""
    c.layers("num_layers" if side == "encoder" or c.get("num_decoder_layers") is None else "num_decoder_layers")
    n_layers, step = depth(c, side), _step(c, side)
    sparse = [step > 0 and (at % step == 1 or step == 1) for at in range(n_layers)]
    return [f"sparse {side}" if one else f"dense {side}" for one in sparse]


def _step(c: Config, side: str) -> int:
    """As the config class computes it: with no sparse layers, the step is the number of layers, which leaves one."""
    if f"{side}_sparse_step" in c.given:
        return c.size(f"{side}_sparse_step", least=0)
    n_sparse = c.size(f"num_sparse_{side}_layers", least=0)
    c.goes_on = False  # the step depends on the number of layers
    return depth(c, side) // (n_sparse or 1)


def _layer(c: Config, side: str, is_sparse: bool) -> Parts:
    at = 2 if side == "decoder" else 1
    name, d_model, d_ff = f"layer.{at}.mlp", c.size("d_model"), c.size("d_ff")
    if not is_sparse:
        return (*attending(c, side), *plain(d_model, d_ff, False, name, ("wi", "wo")), norm(c, at))
    n_experts = c.size("num_experts")
    expert = plain(d_model, d_ff, False, "", ("wi", "wo"), "experts")
    return (
        *attending(c, side),
        dense(f"{name}.router.classifier", "router", d_model, n_experts, c.flag("router_bias"), ROUTER),
        Stack(name + ".experts.expert_{}", n_experts, expert, active=1),
        norm(c, at),
    )


SWITCH = T5._replace(
    summary="T5's encoder and decoder, with experts in some layers",
    source="Fedus et al. 2021, sec. 2",
    body=switch,
    heads={"base": no_head, "seq2seq": lm_head("shared", width="d_model")},
    own_head="",
    uncosted="drops tokens that an expert has no room for, so its FLOPs depend on the tokens",
)
