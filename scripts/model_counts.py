"""Write tables/model_counts.csv: the exact counts of the catalog's models, for `paramcount models`.

Run it after changing the catalog: python scripts/model_counts.py
"""

import csv
import io
from pathlib import Path

from paramcount.catalog.listing import COLUMNS, TABLE, counted

OUT = Path(__file__).resolve().parent.parent / "tables" / TABLE


def written() -> str:
    """The up-to-date content of the table."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(counted())
    return page.getvalue()


if __name__ == "__main__":
    OUT.write_text(written(), encoding="utf-8")
