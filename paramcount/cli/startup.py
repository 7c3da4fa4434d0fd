"""What comes before everything else: less garbage collection, which is a sixth of the time that a command takes, and
no word from the libraries that a command builds models with.
"""

import atexit
import gc
import os
import sys
import warnings

# Imports make objects that stay; looking through them again and again for cycles finds none. A command that builds
# more than this still has its garbage collected, and what is left at the end goes with the process.
gc.set_threshold(1_000_000)
atexit.register(gc.freeze)

# What torch and transformers have to say is for those who program with them. Whoever asks for it gets it.
if not sys.warnoptions:
    warnings.simplefilter("ignore")
for name in ("TRANSFORMERS_VERBOSITY", "HF_HUB_VERBOSITY"):
    os.environ.setdefault(name, "error")
os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
