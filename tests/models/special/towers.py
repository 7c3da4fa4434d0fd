"""Towers of images and encoders of sound: patches and their squares, layers that are merged too, spectrograms."""

from hypothesis import strategies as st

from models.special.experts import between, each, nothing
from models.special.hybrid import INDEXER
from models.variations import Document, Draw, Vary

MERGED = each(
    between(1, 4, "patch_size", "temporal_patch_size", "in_channels"),
    between(1, 3, "spatial_merge_size"),
    between(1, 20, "out_hidden_size"),
)
LEARNED = each(MERGED, between(1, 30, "num_position_embeddings"))


def deep(draw: Draw, document: Document) -> None:
    document["deepstack_visual_indexes"] = draw(st.lists(st.integers(0, 3), max_size=3))


def qwen2_vl(draw: Draw, document: Document) -> None:
    document |= {"embed_dim": 4 * draw(st.integers(1, 4)) * document["num_heads"], "mlp_ratio": draw(st.integers(1, 5))}


def wide_heads(draw: Draw, document: Document) -> None:
    """Heads of four numbers, or of as many as rotary positions in two directions can be made of."""
    n_heads = document.get("num_heads") or document["num_attention_heads"]
    document["hidden_size"] = 4 * draw(st.integers(1, 3)) * n_heads


def squared(draw: Draw, document: Document) -> None:
    """An image of some patches and a rest."""
    document["image_size"] = document["patch_size"] * draw(st.integers(1, 4)) + draw(st.integers(0, 3))


def siglip(draw: Draw, document: Document) -> None:
    document |= {"patch_size": draw(st.integers(1, 4)), "num_channels": draw(st.integers(1, 4))}


def conformer(draw: Draw, document: Document) -> None:
    """Windows that relative positions cover."""
    most = draw(st.integers(1, 9))
    document |= {"max_pos_emb": most, "context_size": draw(st.integers(1, most))}
    document |= {"num_layers": draw(st.integers(1, 3)), "hidden_dim": 2 * draw(st.integers(1, 9))}
    document["dim_head"] = draw(st.sampled_from((None, 2, 3)))


def phi4_audio(draw: Draw, document: Document) -> None:
    document |= {"time_reduction": draw(st.sampled_from((2, 4, 6, 8, 12, 16))), "num_blocks": draw(st.integers(1, 3))}


def gemma3n_audio(draw: Draw, document: Document) -> None:
    def pair(least: int, most: int) -> list[int]:
        return [draw(st.integers(least, most)) for _ in range(2)]

    document |= {"sscp_conv_channel_size": pair(1, 9), "input_feat_size": draw(st.integers(6, 40))}
    document |= {"sscp_conv_kernel_size": [pair(1, 3), pair(1, 3)], "sscp_conv_stride_size": [pair(1, 3), pair(1, 3)]}
    document["conf_num_hidden_layers"] = draw(st.integers(1, 3))
    document["hidden_size"] = draw(st.integers(2, 9)) * 4
    document["conf_num_attention_heads"] = draw(st.sampled_from((1, 2, 4)))


def gemma4_audio(draw: Draw, document: Document) -> None:
    document["subsampling_conv_channels"] = [draw(st.integers(4, 20)), draw(st.integers(1, 9))]


def heard(draw: Draw, document: Document) -> None:
    """Heads that divide the width, under the names of Whisper's config."""
    n_heads = draw(st.integers(1, 4))
    document |= {"encoder_attention_heads": n_heads, "d_model": n_heads * 2 * draw(st.integers(1, 4))}


MELS = each(between(1, 40, "num_mel_bins"), between(1, 20, "max_source_positions"))
SPECTROGRAM = each(heard, between(1, 70, "num_mel_bins"), between(1, 9, "downsample_hidden_size", "output_dim"))
VARY: dict[str, Vary] = {
    "qwen2_vl_vision": each(MERGED, qwen2_vl),
    "qwen2_5_vl_vision": each(MERGED, wide_heads),
    "qwen2_5_omni_vision_encoder": each(MERGED, wide_heads),
    "exaone4_5_vision": each(MERGED, wide_heads),
    "qwen3_vl_vision": each(LEARNED, wide_heads, deep),
    "qwen3_vl_moe_vision": each(LEARNED, wide_heads, deep),
    "qwen3_omni_moe_vision_encoder": each(LEARNED, wide_heads, deep),
    "qwen3_5_vision": each(LEARNED, wide_heads),
    "qwen3_5_moe_vision": each(LEARNED, wide_heads),
    "qwen4_exp_vision": each(LEARNED, wide_heads),
    "glm4v_vision": each(MERGED, wide_heads, squared),
    "glm4v_moe_vision": each(MERGED, wide_heads, squared),
    "glm_ocr_vision": each(MERGED, wide_heads),
    "paddleocr_vl_vision": each(siglip, wide_heads, squared),
    "video_llama_3_vision": each(siglip, wide_heads),
    "phi4_multimodal_vision": each(siglip, squared),
    "qwen2_audio_encoder": each(heard, MELS),
    "voxtral_encoder": MELS,
    "audioflamingo3_encoder": MELS,
    "moss_transcribe_diarize_audio": MELS,
    "qwen2_5_omni_audio_encoder": each(heard, MELS, between(1, 20, "output_dim")),
    "qwen3_omni_moe_audio_encoder": SPECTROGRAM,
    "qwen3_asr_encoder": SPECTROGRAM,
    "glmasr_encoder": each(between(1, 40, "num_mel_bins"), nothing("num_key_value_heads")),
    "granite_speech_encoder": each(
        conformer,
        between(1, 9, "input_dim", "output_dim", "feedforward_mult", "conv_kernel_size", "conv_expansion_factor"),
    ),
    "phi4_multimodal_audio": each(
        phi4_audio,
        between(1, 40, "input_size", "ext_pw_out_channel", "depthwise_separable_out_channel", "nemo_conv_channels"),
        between(1, 5, "kernel_size", "depthwise_multiplier"),
        between(1, 99, "bias_max_distance"),
    ),
}


def vibevoice(draw: Draw, document: Document) -> None:
    """Stages that stride by less than their filters are long."""
    stages = draw(st.integers(1, 3))
    document["downsampling_ratios"] = [draw(st.integers(1, 4)) for _ in range(stages)]
    document["depths"] = [draw(st.integers(1, 2)) for _ in range(stages + draw(st.integers(1, 2)))]
    document |= {"num_filters": draw(st.integers(1, 5)), "channels": draw(st.integers(1, 2))}
    document |= {"kernel_size": draw(st.integers(1, 7)), "ffn_expansion": draw(st.integers(1, 4))}


def windows(draw: Draw, document: Document) -> None:
    document |= {"window_size": draw(st.integers(4, 15)), "downsample_rate": draw(st.integers(1, 4))}


def waves(draw: Draw, document: Document) -> None:
    """Convolutions over sound, positions within groups, an adapter or none."""
    n = draw(st.integers(1, 3))

    def listed(most: int) -> list[int]:
        return [draw(st.integers(1, most)) for _ in range(n)]

    document |= {"conv_dim": listed(9), "conv_kernel": listed(4), "conv_stride": listed(3)}
    document["feat_extract_norm"] = draw(st.sampled_from(("group", "layer")))
    document["num_conv_pos_embeddings"] = draw(st.integers(1, 9))
    document["num_conv_pos_embedding_groups"] = document["num_attention_heads"]
    document["mask_time_prob"] = draw(st.sampled_from((0.0, 0.05)))
    document |= {"num_labels": draw(st.integers(1, 4)), "classifier_proj_size": draw(st.integers(1, 9))}


def contrasts(draw: Draw, document: Document) -> None:
    n_groups = draw(st.integers(1, 3))
    document |= {"num_codevector_groups": n_groups, "codevector_dim": n_groups * draw(st.integers(1, 4))}
    document |= {"num_codevectors_per_group": draw(st.integers(1, 9)), "proj_codevector_dim": draw(st.integers(1, 9))}
    document |= {"adapter_kernel_size": draw(st.integers(1, 4)), "num_adapter_layers": draw(st.integers(1, 3))}
    document["output_hidden_size"] = draw(st.sampled_from((None, 8, document["hidden_size"])))
    document["vocab_size"] = draw(st.integers(8, 40))


def adapted(draw: Draw, document: Document) -> None:
    document["adapter_attn_dim"] = draw(st.sampled_from((None, 3)))


def conformed(draw: Draw, document: Document) -> None:
    document["conv_depthwise_kernel_size"] = 2 * draw(st.integers(0, 4)) + 1
    document["position_embeddings_type"] = draw(st.sampled_from(("relative", "rotary", None)))


def omni_dit(draw: Draw, document: Document) -> None:
    """A speaker's encoder of some blocks, in which parts of the channels go one after the other."""
    n = draw(st.integers(2, 4))
    scale = draw(st.integers(1, 3))
    document |= {"enc_channels": [scale * draw(st.integers(1, 4)) for _ in range(n)], "enc_res2net_scale": scale}
    widths = document["enc_channels"]
    document["enc_channels"] = [widths[0]] * (n - 1) + widths[-1:]
    document["enc_kernel_sizes"] = [2 * draw(st.integers(0, 2)) + 1 for _ in range(n)]
    document["enc_dilations"] = [draw(st.integers(1, 3)) for _ in range(n)]
    document |= {key: draw(st.integers(1, 9)) for key in ("mel_dim", "enc_dim", "enc_emb_dim", "emb_dim", "num_embeds")}


def omni_bigvgan(draw: Draw, document: Document) -> None:
    n, m = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    document |= {"upsample_initial_channel": draw(st.integers(8, 40)), "mel_dim": draw(st.integers(1, 9))}
    document["upsample_rates"] = [draw(st.integers(1, 3)) for _ in range(n)]
    document["upsample_kernel_sizes"] = [rate + 2 * draw(st.integers(0, 2)) for rate in document["upsample_rates"]]
    document["resblock_kernel_sizes"] = [2 * draw(st.integers(0, 3)) + 1 for _ in range(m)]
    document["resblock_dilation_sizes"] = [[1, 3, 5] for _ in range(m)]


VARY |= {
    "qwen2_5_omni_talker": between(1, 20, "embedding_size"),
    "qwen2_5_omni_dit": each(omni_dit, between(1, 9, "ff_mult", "enc_attention_channels", "enc_se_channels")),
    "qwen2_5_omni_bigvgan": omni_bigvgan,
    "wav2vec2": each(waves, contrasts, adapted),
    "hubert": waves,
    "wav2vec2-conformer": each(waves, contrasts, conformed),
    "granite_speech": windows,
    "granite_speech_plus": windows,
    "vibevoice_acoustic_tokenizer_encoder": vibevoice,
    "moss_transcribe_diarize": between(1, 4, "audio_merge_size"),
    "gemma3n_audio": each(gemma3n_audio, between(1, 6, "conf_conv_kernel_size")),
    "gemma4_audio": each(gemma4_audio, between(1, 6, "conv_kernel_size"), between(1, 20, "output_proj_dims")),
}
VARY["granite_speech_plus_encoder"] = VARY["granite_speech_encoder"]

DEFAULTS: dict[str, Document] = {
    "qwen4_exp": {"text_config": {f"indexer_{key}": value for key, value in INDEXER.items()}},
}
