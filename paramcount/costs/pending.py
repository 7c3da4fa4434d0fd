"""Model types whose operations are still to be stated or refused for a reason; this list is to become empty."""

PENDING = frozenset(("dots3_note_text",))
