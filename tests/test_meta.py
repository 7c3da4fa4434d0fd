"""Building modules for their shapes leaves torch and transformers as they were."""

import subprocess
import sys

import pytest

CODE = """
import torch
from paramcount.classes import of_transformers
from paramcount.config.document import of
of_transformers.build(of({"model_type": "mixtral", "num_hidden_layers": 1}))
from transformers import MixtralConfig, MixtralForCausalLM
small = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2)
torch.manual_seed(0)
model = MixtralForCausalLM(MixtralConfig(**small, vocab_size=50, initializer_range=0.02))
weights = [p for name, p in model.named_parameters() if "norm" not in name]
assert all(0.015 < float(p.detach().std()) < 0.025 for p in weights), [float(p.detach().std()) for p in weights]
layer = torch.nn.Linear(8, 8)
assert float(layer.weight.detach().abs().max()) > 0
print("as they were")
"""


@pytest.mark.thorough
def test_weights_made_after_a_build_are_filled():
    """Modules imported while nothing is filled must not stay that way."""
    pytest.importorskip("transformers")
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=120)
    assert done.stdout == "as they were\n", done.stderr
