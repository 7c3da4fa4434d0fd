"""What papers print: tables, their preambles, and the claims of printed figures."""
