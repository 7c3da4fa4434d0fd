"""Results as tables and text, and the formats that they are written in."""
