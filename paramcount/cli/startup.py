"""Settings made before anything else: less garbage collection, and no messages from the libraries that build models."""

import atexit
import gc
import os
import sys
import warnings

# Imports create objects that stay, so collecting garbage among them only costs time. A command that creates more than
# this still has its garbage collected.
gc.set_threshold(1_000_000)
atexit.register(gc.freeze)

# The warnings of torch and transformers are for programmers; those who ask for them still get them.
if not sys.warnoptions:
    warnings.simplefilter("ignore")
for name in ("TRANSFORMERS_VERBOSITY", "HF_HUB_VERBOSITY"):
    os.environ.setdefault(name, "error")
os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
