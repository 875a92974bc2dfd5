"""`python -m bench [PATTERN …]`: run the rows whose names match and print one JSON object a line.

Without a pattern every row runs. A row that fails says so on its line, with the trace on standard error; the others
go on, and the exit status is 1. A pattern that matches nothing ends with status 2.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Sequence
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

from bench import ROWS, Row


def main(patterns: Sequence[str]) -> int:
    """Run the chosen rows in the order of their names; give the exit status."""
    discover()
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in ROWS):
            print(f"no row is named {pattern}; there are: {', '.join(sorted(ROWS))}", file=sys.stderr)
            return 2
    failed = [row for row in chosen(patterns) if not show(row)]
    return 1 if failed else 0


def discover() -> None:
    """Import every module of `bench/rows`, whose rows register themselves."""
    for path in sorted((Path(__file__).parent / "rows").glob("[!_]*.py")):
        import_module(f"bench.rows.{path.stem}")


def chosen(patterns: Sequence[str]) -> list[Row]:
    """Give the rows that match one of the patterns (all when there is none), by name."""
    return [ROWS[name] for name in sorted(ROWS) if not patterns or any(fnmatchcase(name, p) for p in patterns)]


def show(row: Row) -> bool:
    """Print the line of one row; say whether it could be measured."""
    try:
        line = row.run()
    except Exception as error:  # noqa: BLE001  (whatever a row meets, the rows after it are still measured)
        traceback.print_exc()
        line = {"name": row.name, "error": type(error).__name__}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return "error" not in line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
