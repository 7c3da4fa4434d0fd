"""What comes before everything else: less garbage collection, which is a sixth of the time that a command takes."""

import atexit
import gc

# Imports make objects that stay; looking through them again and again for cycles finds none. A command that builds
# more than this still has its garbage collected, and what is left at the end goes with the process.
gc.set_threshold(100_000)
atexit.register(gc.freeze)
