"""Write paramcount/config/harmless.txt: config keys that don't change the count of any model type.

These are the keys of every config of the pinned transformers, those of text generation and tokenisers, and those of
earlier versions, except keys that some type here is counted by and keys with the name of a size.
Run it after changing the pinned transformers or paramcount/models: python scripts/harmless_keys.py
"""

import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import Path

from transformers import CONFIG_MAPPING, GenerationConfig, PreTrainedTokenizerBase

from paramcount.config.document import of
from paramcount.config.meaning import meanings
from paramcount.config.switches import speaks
from paramcount.config.unread import OPTIONAL, PLACED
from paramcount.errors import InputError
from paramcount.models.configured import Configured
from paramcount.models.registry import accepted

OUT = Path(__file__).resolve().parent.parent / "paramcount" / "config" / "harmless.txt"
# Keys written by versions before 5: by PretrainedConfig up to 4.57, and by the classes of single types.
EARLIER = set(
    """
    add_cross_attention add_bias_logits add_final_layer_norm attn_impl attn_softmax_bf16 aux_loss_alpha
    bad_words_ids bias_dropout_fusion bos_token chunk_size_feed_forward classif_dropout classifier_dropout
    cross_attention_hidden_size decoder_start_token_id directionality do_blenderbot_90_layernorm do_sample
    early_stopping encoder_no_repeat_ngram_size eos_token_ids ep_size exponential_decay_length_penalty
    extra_layer_norm extra_pos_embeddings finetuning_task force_bos_token_to_be_generated forced_bos_token_id
    forced_eos_token_id fused_add_norm gap_size gradient_checkpointing inference_runner is_decoder is_encoder_decoder
    is_english_only language layernorm_variant length_penalty down_scale_factor max_batch_size
    max_length max_sequence_length mask_token_id masked_softmax_fusion min_length model_max_length n_ctx
    net_structure_type no_repeat_ngram_size normalize_before normalize_embedding num_beam_groups num_beams
    num_logits_to_keep num_memory_blocks num_return_sequences offset_alibi output_attentions output_hidden_states
    output_past output_scores pad_vocab_size_multiple parallel_attn_output pooler_fc_size pooler_num_attention_heads
    pooler_num_fc_layers pooler_size_per_head pooler_type pre_allocate_kv_cache prefix pretraining_tp problem_type
    remove_invalid_values repetition_penalty rescale_prenorm_residual residual_in_fp32 return_dict
    return_dict_in_generate rms_norm rope_interleaved rope_type rotary_base rotary_emb_base rotary_pct scale_fmt
    scoring_func seq_aux seq_length skip_bias_add skip_bias_add_qkv slow_but_exact static_position_embeddings
    suppress_tokens begin_suppress_tokens task_specific_params temperature tf_legacy_loss tie_encoder_decoder
    tie_weights_ tie_word_embeddings tokenizer_class top_k top_p torchscript typical_p unk_token_id use_bfloat16
    use_cache use_cache_kernel use_cache_quantization use_dynamic_ntk use_flash_attn use_logn_attn use_mtp
    vocab_pad z_loss_weight unsloth_fixed unsloth_version model_name pad_token sep_token_id bos_token_id eos_token_id
    pad_token_id cls_token_id ignore_index rope_ratio rope_scaling_factor output_router_logits router_aux_loss_coef
    """.split()  # noqa: SIM905
)


def of_transformers() -> Iterator[str]:
    """The keys of every config class, of text generation and of tokenisers."""
    waiting = [CONFIG_MAPPING[name] for name in CONFIG_MAPPING]
    seen = set()
    while waiting:
        config = waiting.pop()
        if config in seen:
            continue
        seen.add(config)
        waiting += getattr(config, "sub_configs", {}).values()
        yield from getattr(config, "attribute_map", {})
        if dataclasses.is_dataclass(config):
            yield from (field.name for field in dataclasses.fields(config))
    yield from GenerationConfig().to_dict()
    yield from (f"{name}_id" for name in PreTrainedTokenizerBase.SPECIAL_TOKENS_ATTRIBUTES)
    yield from inspect.signature(PreTrainedTokenizerBase.__init__).parameters
    yield from PreTrainedTokenizerBase.SPECIAL_TOKENS_ATTRIBUTES


def counting() -> Iterator[str]:
    """The keys that some type is counted by, in every spelling."""
    for model_type in accepted():
        try:
            config = of({"model_type": model_type}, model_type)
            Configured(config)
        except InputError:  # the type's defaults don't describe a model
            continue
        for use in config.used.values():
            yield from config.spelling.all_of(use.key.rpartition(".")[2])


def main() -> None:
    counted = set(counting())
    found = {*of_transformers(), *EARLIER} - counted - {"n_experts", *OPTIONAL, *PLACED}
    plain = {key for key in found if key.isidentifier() and not key.startswith("_")}
    harmless = sorted(key for key in plain if key in EARLIER or not (meanings(key) or speaks(key)))
    OUT.write_text("\n" + "".join(f"{key}\n" for key in harmless), encoding="utf-8")


if __name__ == "__main__":
    main()
