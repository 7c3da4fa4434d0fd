"""Which architecture a model type has. A type stands here only once it is verified (docs/coverage.md)."""

from __future__ import annotations

from importlib import import_module

from paramcount.architectures.architecture import Architecture
from paramcount.config import Config, ConfigError

# Each model type: the module that holds its architecture, and what it is called there.
PLACES = {
    "llama": ("llama", "LLAMA"),
    "mistral": ("llama", "MISTRAL"),
    "qwen2": ("llama", "QWEN2"),
    "qwen3": ("qk_norm", "QWEN3"),
    "gemma": ("gemma", "GEMMA"),
    "gemma2": ("gemma", "GEMMA2"),
    "gemma3_text": ("gemma", "GEMMA3"),
    "phi": ("parallel", "PHI"),
    "phi3": ("fused", "PHI3"),
    "stablelm": ("parallel", "STABLELM"),
    "starcoder2": ("layer_norm", "STARCODER2"),
    "olmo": ("qk_norm", "OLMO"),
    "olmo2": ("qk_norm", "OLMO2"),
    "olmo3": ("qk_norm", "OLMO2"),
    "cohere": ("parallel", "COHERE"),
    "cohere2": ("parallel", "COHERE2"),
    "cohere_compass_text": ("parallel", "COHERE2"),
    "granite": ("llama", "LIKE_LLAMA"),
    "glm": ("fused", "GLM"),
    "glm4": ("fused", "GLM4"),
    "nemotron": ("layer_norm", "NEMOTRON"),
    "persimmon": ("layer_norm", "PERSIMMON"),
    "smollm3": ("llama", "LIKE_LLAMA"),
    "exaone4": ("qk_norm", "EXAONE4"),
    "ernie4_5": ("llama", "ERNIE4_5"),
    "hunyuan_v1_dense": ("qk_norm", "HUNYUAN_DENSE"),
    "arcee": ("qk_norm", "ARCEE"),
    "apertus": ("qk_norm", "APERTUS"),
    "seed_oss": ("llama", "SEED_OSS"),
    "helium": ("llama", "HELIUM"),
    "cwm": ("llama", "CWM"),
    "ministral": ("llama", "MINISTRAL"),
    "ministral3": ("llama", "MINISTRAL3"),
    "internlm3": ("llama", "LIKE_LLAMA"),
    "iquestcoder": ("llama", "LIKE_LLAMA"),
    "bitnet": ("qk_norm", "BITNET"),
    "nanochat": ("qk_norm", "NANOCHAT"),
    "jais2": ("layer_norm", "JAIS2"),
    "vaultgemma": ("gemma", "VAULTGEMMA"),
    "diffllama": ("llama", "DIFFLLAMA"),
    "hyperclovax": ("llama", "HYPERCLOVAX"),
    "granite_swa": ("llama", "GRANITE_SWA"),
    "gemma3n_text": ("gemma_later", "GEMMA3N"),
    "gemma4_text": ("gemma4", "GEMMA4"),
    "gemma4_unified_text": ("gemma4", "GEMMA4_UNIFIED"),
    "minicpm3": ("dense_latent", "MINICPM3"),
    "youtu": ("dense_latent", "YOUTU"),
    "modernbert-decoder": ("modernbert", "MODERNBERT_DECODER"),
    "hrm_text": ("hrm", "HRM_TEXT"),
    # encoders
    "bert": ("bert", "BERT"),
    "roberta": ("bert", "ROBERTA"),
    "camembert": ("bert", "ROBERTA"),
    "xlm-roberta": ("bert", "ROBERTA"),
    "xlm-roberta-xl": ("bert", "XLM_ROBERTA_XL"),
    "roberta-prelayernorm": ("bert", "ROBERTA_PRELAYERNORM"),
    "data2vec-text": ("bert", "DATA2VEC_TEXT"),
    "ibert": ("bert", "IBERT"),
    "ernie": ("bert", "ERNIE"),
    "megatron-bert": ("bert", "MEGATRON_BERT"),
    "bert-generation": ("bert", "BERT_GENERATION"),
    "layoutlm": ("bert", "LAYOUTLM"),
    "albert": ("factorized", "ALBERT"),
    "electra": ("factorized", "ELECTRA"),
    "rembert": ("factorized", "REMBERT"),
    "roformer": ("factorized", "ROFORMER"),
    "distilbert": ("lean", "DISTILBERT"),
    "mobilebert": ("lean", "MOBILEBERT"),
    "squeezebert": ("lean", "SQUEEZEBERT"),
    "convbert": ("lean", "CONVBERT"),
    "deberta": ("deberta", "DEBERTA"),
    "deberta-v2": ("deberta", "DEBERTA_V2"),
    "xlnet": ("relative", "XLNET"),
    "funnel": ("relative", "FUNNEL"),
    "mpnet": ("relative", "MPNET"),
    "longformer": ("long", "LONGFORMER"),
    "big_bird": ("long", "BIG_BIRD"),
    "nystromformer": ("long", "NYSTROMFORMER"),
    "yoso": ("long", "YOSO"),
    "mra": ("long", "MRA"),
    "fnet": ("long", "FNET"),
    "modernbert": ("modernbert", "MODERNBERT"),
    "eurobert": ("rotary_encoders", "EUROBERT"),
    "ultrabert": ("rotary_encoders", "ULTRABERT"),
    "esmc": ("rotary_encoders", "ESMC"),
    "nomic_bert": ("rotary_encoders", "NOMIC_BERT"),
    "gte": ("rotary_encoders", "GTE"),
    "jina_embeddings_v3": ("rotary_encoders", "JINA_EMBEDDINGS_V3"),
    "neomme": ("rotary_encoders", "NEOMME"),
    "luke": ("structured", "LUKE"),
    "tapas": ("structured", "TAPAS"),
    "roc_bert": ("structured", "ROC_BERT"),
    "lilt": ("structured", "LILT"),
    "markuplm": ("structured", "MARKUPLM"),
    "xmod": ("adapted", "XMOD"),
    "esm": ("adapted", "ESM"),
    "canine": ("adapted", "CANINE"),
    "splinter": ("adapted", "SPLINTER"),
    "perceiver": ("perceiver", "PERCEIVER"),
    # end of encoders
    # GPT and its kin
    "gpt2": ("gpt", "GPT2"),
    "openai-gpt": ("gpt", "GPT"),
    "gpt_bigcode": ("gpt", "GPT_BIGCODE"),
    "gpt_neo": ("gpt", "GPT_NEO"),
    "gptj": ("gpt", "GPTJ"),
    "codegen": ("gpt", "CODEGEN"),
    "ctrl": ("gpt", "CTRL"),
    "gpt_neox": ("neox", "GPT_NEOX"),
    "gpt_neox_japanese": ("neox", "GPT_NEOX_JAPANESE"),
    "bloom": ("neox", "BLOOM"),
    "falcon": ("neox", "FALCON"),
    "mpt": ("neox", "MPT"),
    "opt": ("opt", "OPT"),
    "biogpt": ("opt", "BIOGPT"),
    "xglm": ("opt", "XGLM"),
    "trocr": ("opt", "TROCR"),
    "dbrx": ("dbrx", "DBRX"),
    "cpmant": ("cpmant", "CPMANT"),
    "xlm": ("xlm", "XLM"),
    "flaubert": ("xlm", "FLAUBERT"),
    "reformer": ("reformer", "REFORMER"),
    "blt": ("blt", "BLT"),
    # mixtures of experts
    "mixtral": ("mixtral", "MIXTRAL"),
    "minimax": ("mixtral", "MINIMAX"),
    "minimax_m2": ("mixtral", "MINIMAX_M2"),
    "phimoe": ("mixtral", "PHIMOE"),
    "olmoe": ("mixtral", "OLMOE"),
    "flex_olmo": ("mixtral", "FLEX_OLMO"),
    "gpt_oss": ("mixtral", "GPT_OSS"),
    "qwen2_moe": ("qwen_moe", "QWEN2_MOE"),
    "qwen3_moe": ("qwen_moe", "QWEN3_MOE"),
    "mellum": ("qwen_moe", "MELLUM"),
    "flint": ("qwen_moe", "FLINT"),
    "beam": ("qwen_moe", "BEAM"),
    "kolibri1": ("qwen_moe", "KOLIBRI"),
    "deepseek_v2": ("latent", "DEEPSEEK_V2"),
    "deepseek_v3": ("latent", "DEEPSEEK_V3"),
    "deepseek_v32": ("latent", "DEEPSEEK_V32"),
    "glm_moe_dsa": ("latent", "GLM_MOE_DSA"),
    "glm4_moe_lite": ("latent", "GLM4_MOE_LITE"),
    "axk1": ("latent", "AXK1"),
    "longcat_flash": ("longcat", "LONGCAT_FLASH"),
    "granitemoe": ("granite_moe", "GRANITE_MOE"),
    "granitemoeshared": ("granite_moe", "GRANITE_MOE_SHARED"),
    "granitemoe_swa": ("granite_moe", "GRANITE_MOE_SWA"),
    "jetmoe": ("granite_moe", "JETMOE"),
    "dots1": ("shared_experts", "DOTS1"),
    "glm4_moe": ("shared_experts", "GLM4_MOE"),
    "solar_open": ("shared_experts", "SOLAR_OPEN"),
    "exaone_moe": ("shared_experts", "EXAONE_MOE"),
    "hy_v3": ("shared_experts", "HY_V3"),
    "ernie4_5_moe": ("shared_experts", "ERNIE4_5_MOE"),
    "hunyuan_v1_moe": ("shared_experts", "HUNYUAN"),
    "aria_text": ("shared_experts", "ARIA_TEXT"),
    "afmoe": ("varied_experts", "AFMOE"),
    "cohere2_moe": ("varied_experts", "COHERE2_MOE"),
    "llama4_text": ("varied_experts", "LLAMA4_TEXT"),
    "laguna": ("varied_experts", "LAGUNA"),
    "mimo_v2_flash": ("varied_experts", "MIMO_V2_FLASH"),
    "axk2": ("gated_latent", "AXK2"),
    "dots3_note_text": ("gated_latent", "DOTS3_TEXT"),
    "bailing_hybrid": ("gated_latent", "BAILING_HYBRID"),
    "deepseek_v4": ("hyper", "DEEPSEEK_V4"),
    "hy_v4": ("hyper", "HY_V4"),
    "inkling_text": ("inkling", "INKLING_TEXT"),
    "inkling2_text": ("inkling", "INKLING2_TEXT"),
    "minimax_m3_vl_text": ("minimax_m3", "MINIMAX_M3_TEXT"),
    "doge": ("many_small", "DOGE"),
    "zaya": ("many_small", "ZAYA"),
    # encoders with decoders
    "t5": ("t5", "T5"),
    "mt5": ("t5", "MT5"),
    "umt5": ("t5", "UMT5"),
    "longt5": ("t5", "LONGT5"),
    "switch_transformers": ("switch", "SWITCH"),
    "bart": ("bart", "BART"),
    "mbart": ("bart", "MBART"),
    "plbart": ("bart", "PLBART"),
    "mvp": ("bart", "MVP"),
    "pegasus": ("bart", "PEGASUS"),
    "marian": ("bart", "MARIAN"),
    "m2m_100": ("bart", "M2M_100"),
    "blenderbot": ("bart", "BLENDERBOT"),
    "blenderbot-small": ("bart", "BLENDERBOT_SMALL"),
    "led": ("long_seq2seq", "LED"),
    "bigbird_pegasus": ("long_seq2seq", "BIGBIRD_PEGASUS"),
    "pegasus_x": ("long_seq2seq", "PEGASUS_X"),
    "nllb-moe": ("nllb_moe", "NLLB_MOE"),
    "prophetnet": ("prophetnet", "PROPHETNET"),
    "fsmt": ("prophetnet", "FSMT"),
    "t5gemma": ("t5gemma", "T5GEMMA"),
    "encoder-decoder": ("encoder_decoder", "ENCODER_DECODER"),
    # end of encoders with decoders
    # state spaces, recurrences and hybrids
    "mamba": ("state_space", "MAMBA"),
    "mamba2": ("state_space", "MAMBA2"),
    "falcon_mamba": ("state_space", "FALCON_MAMBA"),
    "jamba": ("hybrid", "JAMBA"),
    "zamba": ("zamba", "ZAMBA"),
    "zamba2": ("zamba", "ZAMBA2"),
    "bamba": ("hybrid", "BAMBA"),
    "falcon_h1": ("hybrid", "FALCON_H1"),
    "recurrent_gemma": ("recurrent", "RECURRENT_GEMMA"),
    "rwkv": ("recurrent", "RWKV"),
    "qwen3_next": ("linear_hybrid", "QWEN3_NEXT"),
    "qwen3_5_text": ("linear_hybrid", "QWEN3_5"),
    "qwen3_5_moe_text": ("linear_hybrid", "QWEN3_5_MOE"),
    "granitemoehybrid": ("hybrid", "GRANITE_HYBRID"),
    "lfm2": ("short_convolution", "LFM2"),
    "lfm2_moe": ("short_convolution", "LFM2_MOE"),
    "lfm3": ("short_convolution", "LFM3"),
    "nemotron_h": ("nemotron_h", "NEMOTRON_H"),
    "kimi_linear": ("linear_hybrid", "KIMI_LINEAR"),
    "olmo_hybrid": ("linear_hybrid", "OLMO_HYBRID"),
    "xlstm": ("recurrent", "XLSTM"),
    # end of hybrids
}


class NotCountedError(ConfigError):
    """A config of a model type or a class that has no architecture here."""

    def __init__(self, config: Config, why: str):
        self.config = config
        super().__init__(f"{config.name}: {why}")


def accepted() -> list[str]:
    """The model types that are counted, in the order in which they were taken up."""
    return list(PLACES)


def architecture_of(model_type: str) -> Architecture | None:
    """The architecture of *model_type*; None where there is none."""
    if model_type not in PLACES:
        return None
    module, called = PLACES[model_type]
    found: Architecture = getattr(import_module(f"paramcount.architectures.{module}"), called)
    return found


def class_of(config: Config) -> str:
    """The class that *config* names, or the one of the task that it is counted for."""
    of_task = (name for name, task in config.about["classes"].items() if task == config.task)
    return config.class_name() or next(of_task, config.task)


def task_of(config: Config, architecture: Architecture) -> str:
    """The task of the class that *config* names, or of the type's language model where it names none.

    Raises ConfigError where the class is no class of the type, or one whose head is not modelled.
    """
    classes, name = config.about["classes"], config.class_name()
    valid = ", ".join(own for own, task in classes.items() if task in architecture.heads)
    if name is None:
        return next(task for task in ("seq2seq", "causal", "masked", "pretraining", "base") if task in architecture.heads)
    if classes.get(name) not in architecture.heads:
        raise NotCountedError(config, f"architectures names {name}, which is not counted here; counted: {valid}")
    return str(classes[name])
