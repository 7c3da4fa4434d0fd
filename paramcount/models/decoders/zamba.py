"""Zamba and Zamba2: Mamba's mixers, and blocks of attention and feed-forward shared by several layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count

from paramcount.blocks.attention import Heads, attend, attention
from paramcount.blocks.feedforward import fused_gated, gated
from paramcount.blocks.mixers import Heads2, depthwise, mamba2, selective_scan, time_step_rank, typed
from paramcount.blocks.parts import bare, dense, rms_norm, table
from paramcount.blocks.products import Matrices
from paramcount.blocks.roles import OUTPUT
from paramcount.blocks.shared import Shared
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import labels, lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture

MOST_USES = 500  # each adds tensors to every layer sharing its block
KINDS = ("linear_attention", "hybrid")
Block = Callable[[Sequence[int]], tuple[Part, ...]]  # takes its uses, numbered over all blocks


def zamba(c: Config) -> Parts:
    """One block for all uses (Glorioso et al. 2024), which reads the tokens beside its input, twice d_model."""
    kinds, d_model = typed(c, _zamba_kinds, "layers_block_type", KINDS), c.size("hidden_size")
    feed = gated(d_model, c.size("intermediate_size"), name="feed_forward")
    return _model(c, _sharing(c, kinds, 1, "shared_transf", lambda uses: _block(c, feed), _zamba_mixer(c)))


def zamba2(c: Config) -> Parts:
    """Alternating blocks with separate adapters for every use; Mamba-2's mixers."""
    c.under_own_name("layers_block_type")  # adapters are counted by it
    kinds = typed(c, _zamba2_kinds, "layers_block_type", KINDS)
    hybrid, n_blocks = [at for at, kind in enumerate(kinds) if kind == "hybrid"], c.size("num_mem_blocks")
    if len(hybrid) > MOST_USES:
        raise c.refuse("layers_block_type", f"valid: up to {MOST_USES:,} hybrid layers, not {len(hybrid):,}")
    if "hybrid_layer_ids" in c.given and c.get("hybrid_layer_ids") != hybrid:
        raise c.refuse("hybrid_layer_ids", f"valid: the hybrid layers, {hybrid}")

    def block(uses: Sequence[int]) -> tuple[Part, ...]:
        return (*_block(c, _zamba2_feed(c, uses)), *_attention_adapters(c, uses))

    return _model(c, _sharing(c, kinds, n_blocks, "shared_transformer", block, _zamba2_mixer(c)))


def _zamba_kinds(c: Config) -> list[str]:
    n_layers, period, first = c.layers(), c.size("attn_layer_period"), c.size("attn_layer_offset", least=0)
    if n_layers < 3:
        raise c.refuse("num_hidden_layers", "valid: 3 or more, or a list of layers_block_type")
    later = ["hybrid" if at % period == first else "linear_attention" for at in range(n_layers - 3)]
    return ["linear_attention", "linear_attention", "hybrid", *later]


def _zamba2_kinds(c: Config) -> list[str]:
    apart = (6, *[5] * 6, 4, 3)  # layers before each hybrid one in the released 54-layer model
    kinds = [kind for n_before in apart for kind in (*["linear_attention"] * n_before, "hybrid")]
    kinds += ["linear_attention"] * 2
    if c.layers() != len(kinds):
        raise c.refuse("layers_block_type", f"valid: a list, since num_hidden_layers is not {len(kinds)}")
    return kinds


def _sharing(c: Config, kinds: Sequence[str], n_blocks: int, name: str, block: Block, mixer: Parts) -> Parts:
    """The layers: all have *mixer*; a hybrid one also has the next block in turn, under the name *name*."""
    hybrid = [at for at, kind in enumerate(kinds) if kind == "hybrid"]
    d_model, is_tied = c.size("hidden_size"), c.flag("tie_word_embeddings")
    mixes = (*mixer, rms_norm("input_layernorm", d_model))
    if not is_tied and len(hybrid) > n_blocks:
        c.notes.append(
            "tie_word_embeddings = False: transformers' class then shares no blocks, so each use is counted."
        )

    def layer(kind: str) -> Parts:
        if kind == "linear":
            return mixes
        _, which, *again = kind.split()
        mine = _within(name, block(range(int(which), len(hybrid), n_blocks)))
        return (
            *(_as_in(f"layers.{hybrid[int(which)]}", mine) if again else mine),
            dense("linear", "feed-forward", d_model, d_model),
            *_within("mamba_decoder", mixes),
        )

    return stacks(c, "layers", list(_turns(kinds, n_blocks, is_tied)), layer, c.layers())


def _turns(kinds: Sequence[str], n_blocks: int, is_tied: bool) -> Iterator[str]:
    """Each layer's kind with its block's number, and whether the block was used before."""
    uses = count()
    for kind in kinds:
        if kind == "hybrid":
            use = next(uses)
            yield f"hybrid {use % n_blocks}{' again' if is_tied and use >= n_blocks else ''}"
        else:
            yield "linear"


def _within(owner: str, parts: Parts) -> tuple[Part, ...]:
    return tuple(part._replace(name=f"{owner}.{part.name}") for part in parts if isinstance(part, Part))


def _as_in(layer: str, parts: Sequence[Part]) -> Parts:
    return tuple(part._replace(block=Shared(part.block, f"{layer}.{part.name}")) for part in parts)


def _block(c: Config, feed: Parts) -> tuple[Part, ...]:
    """Attention that reads d_attention numbers and writes d_model, *feed*, and a norm before each."""
    d_model, n_heads, d_attention = c.size("hidden_size"), c.size("num_attention_heads"), _d_attention(c)
    h = Heads(d_attention, n_heads, c.size_or_none("num_key_value_heads") or n_heads, _d_head(c))
    parts = (
        *attention(h)[:3],
        dense("self_attn.o_proj", "attention", n_heads * h.d_head, d_model, role=OUTPUT),
        attend(h),
        *feed,
        rms_norm("input_layernorm", d_attention),
        rms_norm("pre_ff_layernorm", d_model),
    )
    return tuple(part for part in parts if isinstance(part, Part))


def _d_attention(c: Config) -> Size:
    return c.size_or_none("attention_hidden_size") or 2 * c.size("hidden_size")


def _d_head(c: Config) -> Size:
    if c.get("attention_head_dim") is not None:
        return c.size("attention_head_dim")
    words = "2 · hidden_size / num_attention_heads, rounded down"
    return c.follows("d_head", words, 2 * c.size("hidden_size"), c.size("num_attention_heads"))


def _zamba_mixer(c: Config) -> Parts:
    """Mamba's mixer in several heads, each with its own time step, input and output."""
    d_model, n_heads, d_state = c.size("hidden_size"), c.size("n_mamba_heads"), c.size("mamba_d_state")
    d_inner, r_dt, bias = (
        c.size("mamba_expand") * d_model,
        time_step_rank(c, "mamba_dt_rank"),
        c.flag("mamba_proj_bias"),
    )
    if not c.divides(n_heads, d_inner):
        raise c.refuse("n_mamba_heads", f"valid: a divisor of mamba_expand · hidden_size = {d_inner}")
    d_head = c.follows("d_mamba_head", "mamba_expand · hidden_size / n_mamba_heads", d_inner, n_heads, "exactly")
    return (
        *depthwise("mamba.conv1d", d_inner, c.size("mamba_d_conv"), c.flag("mamba_conv_bias")),
        dense("mamba.in_proj", "mixer", d_model, 2 * d_inner, bias),
        Part("mamba", "mixer", Matrices("x_proj_weight", (n_heads, r_dt + 2 * d_state, d_head))),
        Part("mamba", "mixer", Matrices("dt_proj_weight", (n_heads, d_head, r_dt))),
        bare("mamba.dt_proj_bias", "mixer", n_heads, d_head),
        bare("mamba.A_log", "mixer", n_heads, d_head, d_state),
        bare("mamba.D", "mixer", n_heads, d_head),
        dense("mamba.out_proj", "mixer", d_inner, d_model, bias),
        *selective_scan(d_inner, d_state),
    )


def _zamba2_mixer(c: Config) -> Parts:
    d_model, bias = c.size("hidden_size"), c.flag("add_bias_linear")
    m = Heads2(
        d_model,
        c.size("mamba_expand") * d_model,
        c.size("mamba_d_state"),
        c.size("n_mamba_heads"),
        c.size("mamba_ngroups"),
        c.size("mamba_d_conv"),
        bias,
        conv_bias=True,
        out_bias=bias,
        chunk=c.size("chunk_size"),
    )
    return mamba2(m, "mamba")


def _zamba2_feed(c: Config, uses: Sequence[int]) -> Parts:
    d_model, bias, r = c.size("hidden_size"), c.flag("add_bias_linear"), c.size("adapter_rank")
    d_ff = c.size_or_none("intermediate_size") or c.tied("d_ff", 4 * d_model)
    adapters = (f"feed_forward.gate_up_proj_adapter_list.{use}" for use in uses)
    return (
        *fused_gated(d_model, d_ff, bias, "feed_forward"),
        *(part for name in adapters for part in _adapter(name, "feed-forward", d_model, r, 2 * d_ff)),
    )


def _attention_adapters(c: Config, uses: Sequence[int]) -> tuple[Part, ...]:
    if not c.flag("use_shared_attention_adapter"):
        return ()
    width, r = _d_attention(c), c.size("adapter_rank")
    names = (f"self_attn.linear_{own}_adapter_list.{use}" for own in "qkv" for use in uses)
    return tuple(part for name in names for part in _adapter(name, "attention", width, r, width))


def _adapter(name: str, component: str, d_in: Size, r: Size, d_out: Size) -> tuple[Part, Part]:
    """A low-rank map (Hu et al. 2021, sec. 4.1)."""
    return dense(f"{name}.0", component, d_in, r), dense(f"{name}.1", component, r, d_out)


def _model(c: Config, layers: Parts) -> Parts:
    d_model = c.size("hidden_size")
    embedding = table("embed_tokens", c.size("vocab_size"), d_model)
    return (embedding, *layers, rms_norm("final_layernorm", d_model, "final norm"))


ZAMBA = Architecture(
    summary="Mamba's mixers, and one block of attention and feed-forward shared by several layers",
    source="Glorioso et al. 2024; transformers 5.23.0, models/zamba",
    body=zamba,
    heads={"base": no_head, "causal": lm_head(), "sequence": labels()},
)
ZAMBA2 = ZAMBA._replace(
    summary="Mamba-2's mixers, and shared blocks of attention and feed-forward with adapters",
    source="transformers 5.23.0, models/zamba2",
    body=zamba2,
)
