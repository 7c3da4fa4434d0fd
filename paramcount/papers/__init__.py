"""What papers print: tables, their preambles, and what a printed figure claims."""
