"""Qwen2.5-Omni: its thinker, a talker that turns its thoughts into audio codes, and what turns these into waves."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.convolutions import along
from paramcount.blocks.decoder import pre_norms
from paramcount.blocks.feedforward import gated_feed_forward, plain
from paramcount.blocks.parts import bare, dense, rms_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.config.types import known
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture, within
from paramcount.models.assembled import SPEECH, config_of, in_part, tower
from paramcount.models.listed import sizes
from paramcount.models.registry import architecture_of

THINKER, TALKER, TOKEN2WAV = "thinker_config", "talker_config", "token2wav_config"
FREQUENCIES = 256  # of a time step
END = 7  # the length of the convolutions at either end of the vocoder
PER_BLOCK = 3  # convolutions of each kind in a block of the vocoder
SIX, TWO = 6, 2  # modulation vectors per layer, and for the last norm


def omni(c: Config) -> Parts:
    """Xu et al. 2025, sec. 2: the talker's output goes through a diffusion transformer and a vocoder."""
    thinker = _thinker(c)
    architecture = architecture_of(thinker.model_type)
    assert architecture is not None
    parts = tuple(within("thinker.", part) for part in architecture.build(thinker).parts)
    if not c.flag("enable_audio_output"):
        return parts
    config_of(c, SPEECH, TALKER).task = "causal"
    waves = config_of(c, SPEECH, TOKEN2WAV)
    return (
        *parts,
        *tower(c, SPEECH, "talker", TALKER),
        *in_part(SPEECH, "token2wav.code2wav_dit_model", dit(waves.nested("dit_config"))),
        *in_part(SPEECH, "token2wav.code2wav_bigvgan_model", bigvgan(waves.nested("bigvgan_config"))),
    )


def _thinker(c: Config) -> Config:
    """The thinker's config, whose class is always the same."""
    stated, about = c.get(THINKER) or {}, known("qwen2_5_omni_thinker")
    if not isinstance(stated, dict) or about is None:
        raise c.refuse(THINKER, "valid: an object of keys and values")
    if THINKER not in c.inner:
        c.within(THINKER, {key: stated[key] for key in stated if key != "architectures"}, about)
    c.inner[THINKER].task = "multimodal"
    return c.inner[THINKER]


def talker(c: Config) -> Parts:
    """Qwen2's decoder, with an embedding as wide as the thinker."""
    layer = (*attention(heads(c), qkv_bias=True), *gated_feed_forward(c), *pre_norms(c))
    return (
        table("embed_tokens", c.size("vocab_size"), c.size("embedding_size")),
        Stack("layers", c.size("num_hidden_layers"), layer),
        rms_norm("norm", c.size("hidden_size"), "final norm"),
    )


def _codes(c: Config, prefix: str) -> Parts:
    """A map of the thinker's output, and a head over codes."""
    d_model = c.size("hidden_size")
    return (
        dense("thinker_to_talker_proj", "projections", c.size("embedding_size"), d_model, bias=True),
        dense("codec_head", "output head", d_model, c.size("vocab_size")),
    )


def dit(c: Config) -> Parts:
    """Peebles and Xie 2022, sec. 3.2: norms depend on the time step, with a speaker embedding beside the codes."""
    h, d_mel = heads(c), c.size("mel_dim")
    names = ("to_q", "to_k", "to_v", "to_out.0")
    layer = (
        dense("attn_norm.linear", "norm", h.d_model, SIX * h.d_model, bias=True),
        *attention(h, True, True, "attn", names),
        *plain(h.d_model, c.size("ff_mult") * h.d_model, name="ff", names=("ff.0", "ff.3")),
    )
    seen = d_mel + c.size("enc_dim") + c.size("enc_emb_dim") + c.size("emb_dim")
    return (
        dense("time_embed.time_mlp.0", "time embedding", FREQUENCIES, h.d_model, bias=True),
        dense("time_embed.time_mlp.2", "time embedding", h.d_model, h.d_model, bias=True),
        table("text_embed.codec_embed", c.size("num_embeds") + 1, c.size("emb_dim")),
        dense("input_embed.proj", "projections", seen, h.d_model, bias=True),
        *(within("input_embed.spk_encoder.", part) for part in _speaker(c, d_mel)),
        Stack("transformer_blocks", c.size("num_hidden_layers"), layer),
        dense("norm_out.linear", "final norm", h.d_model, TWO * h.d_model, bias=True),
        dense("proj_out", "output head", h.d_model, d_mel, bias=True),
    )


def _speaker(c: Config, d_mel: Sized) -> Parts:
    """Desplanques et al. 2020, sec. 3: convolutions over parts of the channels, one after the other."""
    widths, kernels = sizes(c, "enc_channels"), sizes(c, "enc_kernel_sizes")
    if not len(widths) == len(kernels) == len(sizes(c, "enc_dilations")):
        raise c.refuse("enc_kernel_sizes", f"valid: a list of {len(widths)}, as long as enc_channels and enc_dilations")
    last, d_out, between = widths[-1], c.size("enc_dim"), c.size("enc_attention_channels")
    inner = [
        part for at in range(1, len(widths) - 1) for part in _res2net(c, at, widths[at - 1], widths[at], kernels[at])
    ]
    return (
        along("blocks.0.conv", d_mel, widths[0], kernels[0]),
        *inner,
        along("mfa.conv", last, last, kernels[-1]),
        along("asp.tdnn.conv", 3 * last, between, 1),
        along("asp.conv", between, last, 1),
        along("fc", 2 * last, d_out, 1),
    )


def _res2net(c: Config, at: int, d_in: Sized, d_out: Sized, kernel: Sized) -> Parts:
    """One of its blocks, with a gate for each channel."""
    scale, gate, name = c.size("enc_res2net_scale").looked_at(), c.size("enc_se_channels"), f"blocks.{at}"
    d_part = c.follows(f"d_part_{at}", f"enc_channels[{at}] / enc_res2net_scale, rounded down", d_out, scale)
    return (
        along(f"{name}.tdnn1.conv", d_in, d_out, 1),
        Stack(
            f"{name}.res2net_block.blocks",
            c.named("n_parts", scale - 1, "enc_res2net_scale - 1"),
            (along("conv", d_part, d_part, kernel),),
        ),
        along(f"{name}.tdnn2.conv", d_out, d_out, 1),
        along(f"{name}.se_block.conv1", d_out, gate, 1),
        along(f"{name}.se_block.conv2", gate, d_out, 1),
    )


def bigvgan(c: Config) -> Parts:
    """Lee et al. 2022, sec. 3: transposed convolutions that halve the channels, and blocks of several kernel sizes."""
    first, rates = c.size("upsample_initial_channel"), sizes(c, "upsample_rates")
    longer, lengths = sizes(c, "upsample_kernel_sizes"), sizes(c, "resblock_kernel_sizes")
    if len(longer) != len(rates):
        raise c.refuse("upsample_kernel_sizes", f"valid: a list of {len(rates)}, as long as upsample_rates")
    widths = [_halved(c, first, at) for at in range(len(rates) + 1)]
    ups = [part for at, kernel in enumerate(longer) for part in _transposed(at, widths[at], widths[at + 1], kernel)]
    blocks = [
        part
        for at in range(len(rates))
        for of, kernel in enumerate(lengths)
        for part in _block(f"resblocks.{at * len(lengths) + of}", widths[at + 1], kernel)
    ]
    return (
        along("conv_pre", c.size("mel_dim"), first, END),
        *ups,
        *blocks,
        *_snake("activation_post", widths[-1]),
        along("conv_post", widths[-1], 1, END, bias=False),
    )


def _halved(c: Config, first: Sized, times: int) -> Sized:
    words = f"{c.prefix}upsample_initial_channel / {2**times}, rounded down"
    return c.follows(f"n_channels_{times}", words, first, 2**times)


def _transposed(at: int, d_in: Sized, d_out: Sized, kernel: Sized) -> Parts:
    """A transposed convolution, stored as inputs × outputs."""
    return along(f"ups.{at}.0", d_out, d_in, kernel, bias=False), bare(f"ups.{at}.0.bias", "convolution", d_out)


def _block(name: str, width: Size, kernel: Size) -> Parts:
    return (
        Stack(f"{name}.convs1", PER_BLOCK, (along("", width, width, kernel),)),
        Stack(f"{name}.convs2", PER_BLOCK, (along("", width, width, kernel),)),
        Stack(f"{name}.activations", 2 * PER_BLOCK, _snake("", width)),
    )


def _snake(name: str, width: Size) -> Parts:
    """Two numbers per channel in a periodic activation (Ziyin et al. 2020)."""
    owner = f"{name}.act." if name else "act."
    return bare(f"{owner}alpha", "activations", width), bare(f"{owner}beta", "activations", width)


OMNI = Architecture(
    summary="a thinker with audio and image towers, and a talker whose codes become waves",
    source="Xu et al. 2025 (Qwen2.5-Omni), sec. 2",
    body=omni,
    heads={"speech": no_head},
    prefix="",
    uncosted="generates audio codes and waves as well as tokens",
)
OMNI_TALKER = OMNI._replace(
    summary="Qwen2's decoder over audio codes",
    body=talker,
    heads={"base": no_head, "causal": _codes},
    prefix="model",
)
OMNI_DIT = OMNI._replace(summary="a diffusion transformer over spectrograms", body=dit, heads={"base": no_head})
OMNI_BIGVGAN = OMNI._replace(summary="BigVGAN, a vocoder", body=bigvgan, heads={"base": no_head})
