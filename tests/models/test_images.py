"""Image encoders: released models, rectangular images, and configs given twice."""

import json
from typing import Any

import pytest

from paramcount.config import ConfigError, parse
from paramcount.errors import InputError
from paramcount.library import load
from paramcount.models.configured import Configured

# openai/clip-vit-large-patch14 as released, without the keys that don't affect its shape.
CLIP_LARGE = {
    "architectures": ["CLIPModel"],
    "model_type": "clip",
    "projection_dim": 768,
    "text_config": {
        "model_type": "clip_text_model",
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_attention_heads": 12,
        "num_hidden_layers": 12,
        "max_position_embeddings": 77,
        "vocab_size": 49408,
        "tie_word_embeddings": True,
        "pruned_heads": {},
    },
    "text_config_dict": {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_attention_heads": 12,
        "num_hidden_layers": 12,
        "projection_dim": 768,
    },
    "vision_config": {
        "model_type": "clip_vision_model",
        "hidden_size": 1024,
        "image_size": 224,
        "intermediate_size": 4096,
        "num_attention_heads": 16,
        "num_hidden_layers": 24,
        "patch_size": 14,
    },
    "vision_config_dict": {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_attention_heads": 16,
        "num_hidden_layers": 24,
        "patch_size": 14,
        "projection_dim": 768,
    },
}


SO400M = {"hidden_size": 1152, "intermediate_size": 4304, "num_attention_heads": 16, "num_hidden_layers": 27}
SIGLIP_SO400M = {
    "model_type": "siglip",
    "architectures": ["SiglipModel"],
    "text_config": {"model_type": "siglip_text_model", **SO400M},
    "vision_config": {"model_type": "siglip_vision_model", "image_size": 384, "patch_size": 14, **SO400M},
}
BLIP2_OPT = {
    "model_type": "blip-2",
    "architectures": ["Blip2ForConditionalGeneration"],
    "qformer_config": {"model_type": "blip_2_qformer"},
    "text_config": {
        "model_type": "opt",
        "hidden_size": 2560,
        "ffn_dim": 10240,
        "num_attention_heads": 32,
        "num_hidden_layers": 32,
        "word_embed_proj_dim": 2560,
    },
    "vision_config": {"model_type": "blip_2_vision_model"},
}


def total(**document: Any) -> int:
    return int(Configured(parse(json.dumps(document), "config")).model.total())


def test_clip_large_counts_as_it_was_released():
    """427,616,513: the tensors of its checkpoint without its two position-id buffers."""
    assert load(CLIP_LARGE).total() == 427_616_513
    assert load({"model_type": "clip", "architectures": ["CLIPModel"]}).total() == 151_277_313


def test_siglip_and_blip_2_count_as_they_were_released():
    """google/siglip-so400m-patch14-384, 878M on the hub; Salesforce/blip2-opt-2.7b, 3.74B there."""
    assert load(SIGLIP_SO400M).total() == 877_960_498
    assert load(BLIP2_OPT).total() == 3_744_679_936


@pytest.mark.parametrize(
    ("document", "released"),
    [
        ({"model_type": "vit", "architectures": ["ViTForImageClassification"], "num_labels": 1000}, 86_567_656),
        ({"model_type": "deit", "architectures": ["DeiTForImageClassificationWithTeacher"], "num_labels": 1000},
         87_338_192),
        ({"model_type": "dinov2", "image_size": 518}, 86_580_480),
    ],
)  # fmt: skip
def test_released_encoders_of_images_have_their_published_totals(document, released):
    """google/vit-base-patch16-224; facebook/deit-base-distilled-patch16-224 (timm: 87.34M); facebook/dinov2-base."""
    assert load(document).total() == released


def test_what_is_said_twice_is_read_as_transformers_reads_it():
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    odd = {
        **CLIP_LARGE,
        "text_config": {**CLIP_LARGE["text_config"], "hidden_size": 36, "vocab_size": 11},  # type: ignore[dict-item]
        "vision_config": {**CLIP_LARGE["vision_config"], "image_size": 448, "num_hidden_layers": 3},  # type: ignore[dict-item]
    }
    settings = {key: value for key, value in odd.items() if key not in ("model_type", "architectures")}
    with torch.device("meta"):
        theirs = transformers.CLIPModel(transformers.CLIPConfig(**json.loads(json.dumps(settings))))
    assert load(odd).total() == sum(tensor.numel() for tensor in theirs.parameters())
    assert load(odd).total() != load({key: odd[key] for key in odd if not key.endswith("_dict")}).total()


def test_a_key_of_what_is_said_twice_counts():
    more = load({**CLIP_LARGE, "vision_config_dict": {**CLIP_LARGE["vision_config_dict"], "image_size": 336}})  # type: ignore[dict-item]
    assert more.total() - load(CLIP_LARGE).total() == (24 * 24 - 16 * 16) * 1024


def test_what_a_patch_leaves_over_is_cut_off_on_each_side():
    """Rows and columns are rounded down separately: 5 × 3 positions of 768, plus those of one patch."""
    one = total(model_type="vit", image_size=16)
    assert total(model_type="vit", image_size=[95, 63]) - one == (5 * 3 - 1) * 768
    assert total(model_type="vit", image_size=[64, 64]) == total(model_type="vit", image_size=64)
    assert total(model_type="vit", image_size=15) == one - 768


def test_a_list_of_equal_sides_can_be_set_as_one():
    config = parse(json.dumps({"model_type": "internvl_vision"}), "config")
    design = Configured(config)
    changed, _ = design.change(design.values(), {"image_size": 224})
    assert design.model.total() - changed.model.total() == (32 * 32 - 16 * 16) * 1024


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"model_type": "vit", "image_size": [224]}, "image_size = .*height and width"),
        ({"model_type": "vit", "patch_size": [16, 0]}, "patch_size = .*from 1 up"),
        ({"model_type": "siglip_vision_model", "image_size": [224, 224]}, "valid: a whole number"),
        ({"model_type": "siglip_vision_model", "num_attention_heads": 7}, "not a multiple of num_attention_heads"),
        ({"model_type": "florence_vision", "depths": [1, 1]}, "depths = .*item for each stage"),
        ({"model_type": "florence_vision", "mlp_ratio": 0}, "mlp_ratio"),
        ({"model_type": "internvl_vision", "norm_type": "none"}, "norm_type = none; valid: layer_norm, rms_norm"),
        ({"model_type": "mllama_vision_model", "supported_aspect_ratios": 8}, "supported_aspect_ratios"),
        ({"model_type": "beit", "architectures": ["BeitBackbone"], "add_fpn": True}, "add_fpn"),
        ({"model_type": "florence2", "text_config": {"model_type": "opt"}}, "valid: a config of type bart"),
    ],
)
def test_what_the_class_would_not_take_is_refused_in_a_line(document, said):
    with pytest.raises(ConfigError, match=said) as error:
        total(**document)
    assert "\n" not in str(error.value)


def test_what_is_said_twice_and_is_no_object_is_refused():
    with pytest.raises(InputError, match="text_config_dict and text_config: not objects; valid: objects"):
        load({**CLIP_LARGE, "text_config_dict": 3})
