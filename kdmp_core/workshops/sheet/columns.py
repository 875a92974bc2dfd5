"""Tables of other shapes: where each one's heading stands, what its columns may mean, and what a person confirmed.

`tables_of(grids)` finds the tables with a suggestion for each column; a `Layout` is what was confirmed. Both go by
the column's letter, so that a person and a file of columns name the same place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdmp_core.errors import InvalidInput, Problem
from kdmp_core.workshops.sheet.layout import HEADING_LINES
from kdmp_core.workshops.sheet.recognise import IGNORE, Guess, guess, is_amount, meanings, prices, propose
from kdmp_core.workshops.sheet.vocabulary import UNIT_WORDS
from kdmp_core.workshops.sheet.words import heading, shown
from kdmp_core.workshops.sheet.workbook import Grid, column_letter

UNITS = ("", *dict.fromkeys(UNIT_WORDS.values()))
PERIODS = ("", "season", "season_1", "season_2", "season_3", "month", "year")
SAMPLES = 3
AMOUNTS = ("amount", "amount_potential", "amount_need")
NAMES = ("party", "party_number", "village")


@dataclass(frozen=True)
class ColumnUse:
    """What one column means; unit and period count for amounts, where the cells do not name their own."""

    letter: str
    label: str
    means: str = IGNORE
    unit: str = ""
    period: str = ""

    @property
    def place(self) -> int:
        """Give its place, from 1."""
        number = 0
        for sign in self.letter:
            number = 26 * number + ord(sign) - ord("A") + 1
        return number


@dataclass(frozen=True)
class TableUse:
    """One table: the sheet it stands on, the line of its heading, what its columns mean."""

    sheet: str
    heading_line: int
    columns: tuple[ColumnUse, ...]

    @property
    def signature(self) -> str:
        """Give the normalised head as one hash: the same for any order of the columns."""
        return hashlib.sha256("\n".join(sorted(heading(column.label) for column in self.columns)).encode()).hexdigest()

    def meaning(self, *means: str) -> list[ColumnUse]:
        """Give the columns that mean one of these."""
        return [column for column in self.columns if column.means in means]

    @property
    def amounts(self) -> list[ColumnUse]:
        """Give the columns that hold amounts, of either shape."""
        return [column for column in self.columns if column.means in AMOUNTS or is_amount(column.means)]


@dataclass(frozen=True)
class Layout:
    """What was confirmed about a file."""

    tables: tuple[TableUse, ...]


@dataclass(frozen=True)
class FoundTable:
    """A table that was found, with what its columns are supposed to mean and the first values of each."""

    use: TableUse
    samples: Mapping[str, tuple[str, ...]]
    likeness: Mapping[str, int]
    lines: int


def tables_of(grids: Sequence[Grid], heads: Mapping[str, int]) -> list[FoundTable]:
    """Give the tables of a file, in its order; a sheet without a recognisable head is none.

    `heads` says for some sheets on which line the head stands; it is looked for on the others.

    Raises InvalidInput `sheet.not_a_table` when there is no table at all.
    """
    found = [table for grid in grids if grid.rows and (table := _table(grid, heads.get(shown(grid.title)))) is not None]
    if not found:
        raise InvalidInput("sheet.not_a_table")
    return found


def remembered(table: FoundTable, columns: Mapping[str, Mapping[str, str]]) -> FoundTable:
    """Give a table with what was confirmed before for a head like it: normalised heading → meaning, unit, period."""
    uses = []
    for column, key in zip(table.use.columns, _head_keys(table.use), strict=True):
        known = columns.get(key)
        uses.append(_use(column.letter, column.label, known) if known else column)
    use = TableUse(table.use.sheet, table.use.heading_line, tuple(uses))
    return FoundTable(use, table.samples, dict.fromkeys(table.likeness, 100), table.lines)


def to_remember(table: TableUse) -> dict[str, dict[str, str]]:
    """Give what is kept of a confirmed table for the next file with the same head."""
    return {
        key: {"means": column.means, "unit": column.unit, "period": column.period}
        for key, column in zip(_head_keys(table), table.columns, strict=True)
    }


def layout_from(plain: Any, tables: Iterable[FoundTable]) -> Layout:
    """Give a confirmed layout from plain data, checked against the tables of the file.

    `{"tables": [{"sheet": "Data", "columns": {"B": {"means": "party"}, "E": {"means": "amount", "unit": "kg"}}}]}`;
    a column that is not named is ignored, and said so later. Raises InvalidInput `sheet.bad_columns` with a problem at
    each place (`Data!E`) that cannot be used.
    """
    given = plain.get("tables") if isinstance(plain, Mapping) else None
    by_sheet = {
        str(entry.get("sheet", "")): entry.get("columns") or {}
        for entry in (given if isinstance(given, list) else [])
        if isinstance(entry, Mapping)
    }
    problems: list[Problem] = []
    uses = []
    known = list(tables)
    for table in known:
        use, wrong = _given_table(table.use, by_sheet.pop(table.use.sheet, {}))
        uses.append(use)
        problems += wrong
    problems += [Problem("sheet.columns_changed", sheet[:80], {"column": shown(sheet)}) for sheet in by_sheet]
    if not problems and not any(use.amounts or use.meaning(*NAMES) for use in uses):
        problems.append(Problem("sheet.columns_nothing"))
    problems += [problem for use in uses for problem in _unfit(use)]
    if problems:
        raise InvalidInput("sheet.bad_columns", problems=problems, count=len(problems))
    return Layout(tuple(uses))


def plain_layout(layout: Layout) -> dict[str, Any]:
    """Give a layout as plain data, as `layout_from` takes it."""
    return {
        "tables": [
            {
                "sheet": table.sheet,
                "heading_line": table.heading_line,
                "columns": {
                    column.letter: {
                        "label": column.label,
                        "means": column.means,
                        **({"unit": column.unit} if column.unit else {}),
                        **({"period": column.period} if column.period else {}),
                    }
                    for column in table.columns
                },
            }
            for table in layout.tables
        ]
    }


def heads_of(plain: Any) -> dict[str, int]:
    """Give the lines of the heads that plain data names, by sheet; whatever else stands there is passed over."""
    given = plain.get("tables") if isinstance(plain, Mapping) else None
    entries = [entry for entry in (given if isinstance(given, list) else []) if isinstance(entry, Mapping)]
    return {str(one.get("sheet")): one["heading_line"] for one in entries if isinstance(one.get("heading_line"), int)}


def label_of(grid: Grid, line: int, place: int) -> str:
    """Give the words over a column; a heading that is merged over several columns stands before their own."""
    own = shown(_cell(grid, line, place) or "")
    above = grid.merged.get((line, place))
    if not own and above is not None and above[0] < line and above[1] == place:
        return shown(_cell(grid, *above) or "")
    group = _group(grid, line - 1, place)
    return f"{group} {own}".strip() if own else ""


def _table(grid: Grid, head: int | None) -> FoundTable | None:
    lines = [line for line in sorted(grid.rows)[:HEADING_LINES] if _score(grid, line) > 1]
    if head not in grid.rows and not lines:
        return None
    best = head if head in grid.rows else max(lines, key=lambda line: (_score(grid, line), -line))
    below = [grid.rows[line] for line in sorted(grid.rows) if line > best]
    places = [place for place in range(1, _width(grid) + 1) if label_of(grid, best, place) or _said(below, place)]
    labels = [label_of(grid, best, place) for place in places]
    guesses = propose(labels)
    letters = [column_letter(place) for place in places]
    columns = tuple(
        ColumnUse(
            letter, label, found.means, found.unit if _counts(found) else "", found.period if _counts(found) else ""
        )
        for letter, label, found in zip(letters, labels, guesses, strict=True)
    )
    samples = {letter: tuple(_said(below, place)[:SAMPLES]) for letter, place in zip(letters, places, strict=True)}
    likeness = {letter: found.likeness for letter, found in zip(letters, guesses, strict=True)}
    return FoundTable(TableUse(shown(grid.title), best, columns), samples, likeness, len(below))


def _counts(found: Guess) -> bool:
    return found.means in AMOUNTS or is_amount(found.means)


def _score(grid: Grid, line: int) -> int:
    """Give how many different meanings a line names as a heading would; cells with numbers speak against it."""
    labels = [label_of(grid, line, place) for place in range(1, _width(grid) + 1)]
    means = {guess(label).means for label in labels if label} - {IGNORE}
    numbers = sum(any(sign.isdigit() for sign in label) and not guess(label).likeness for label in labels)
    return len(means) - numbers


def _group(grid: Grid, line: int, place: int) -> str:
    """Give the heading above that is merged over this column and others, unless it is a title over everything."""
    if len({value for value in grid.rows.get(line, ()) if value is not None}) < 2:  # noqa: PLR2004 (a title stands alone)
        return ""
    anchor = grid.merged.get((line, place), (line, place))
    beside = (line, anchor[1] + 1)
    return shown(_cell(grid, *anchor) or "") if grid.merged.get(beside) == anchor else ""


def _cell(grid: Grid, line: int, place: int) -> Any:
    values = grid.rows.get(line, ())
    return values[place - 1] if place <= len(values) else None


def _width(grid: Grid) -> int:
    return max(map(len, grid.rows.values()))


def _said(rows: Iterable[tuple[Any, ...]], place: int) -> list[str]:
    values = (row[place - 1] for row in rows if place <= len(row))
    return [shown(value) for value in values if value is not None and str(value).strip()]


def _head_keys(table: TableUse) -> list[str]:
    """Give the normalised heading of each column; one that stands again is counted."""
    seen: dict[str, int] = {}
    keys = []
    for column in table.columns:
        key = heading(column.label)
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return keys


def _use(letter: str, label: str, given: Mapping[str, Any]) -> ColumnUse:
    means, unit, period = (str(given.get(name) or "") for name in ("means", "unit", "period"))
    return ColumnUse(letter, label, means or IGNORE, unit, period)


def _given_table(table: TableUse, given: Any) -> tuple[TableUse, list[Problem]]:
    known = {column.letter: column for column in table.columns}
    columns, problems = [], []
    entries = given if isinstance(given, Mapping) else {}
    for letter, column in known.items():
        entry = entries.get(letter) or {}
        use = _use(letter, column.label, entry) if isinstance(entry, Mapping) else ColumnUse(letter, column.label, "?")
        if use.means not in meanings() or use.unit not in UNITS or use.period not in PERIODS:
            problems.append(
                _problem("sheet.columns_unknown", table, use, value=f"{use.means} {use.unit} {use.period}"[:80])
            )
        label = entry.get("label") if isinstance(entry, Mapping) else None
        if label is not None and heading(label) != heading(column.label):
            problems.append(_problem("sheet.columns_changed", table, use))
        columns.append(use)
    strange = sorted(str(letter)[:40] for letter in entries.keys() - known.keys())
    problems += [_problem("sheet.columns_changed", table, ColumnUse(letter, letter)) for letter in strange]
    return TableUse(table.sheet, table.heading_line, tuple(columns)), problems


def _unfit(table: TableUse) -> list[Problem]:
    """Give what does not go together in one table."""
    problems = []
    first: dict[tuple[str, str], ColumnUse] = {}
    for column in table.columns:
        key = (column.means, column.period if is_amount(column.means) else "")
        if column.means != IGNORE and first.setdefault(key, column) is not column:
            problems.append(_problem("sheet.columns_twice", table, column, first=first[key].label or first[key].letter))
    row_wise = table.meaning(*AMOUNTS)
    if table.amounts and not table.meaning(*NAMES):
        problems.append(_problem("sheet.columns_no_party", table, table.amounts[0]))
    if row_wise and not table.meaning("commodity"):
        problems.append(_problem("sheet.columns_no_commodity", table, row_wise[0]))
    if table.meaning("amount") and not table.meaning("direction"):
        problems.append(_problem("sheet.columns_no_direction", table, table.meaning("amount")[0]))
    wide = {column.means.rpartition(":")[2] for column in table.columns if is_amount(column.means)}
    problems += [
        _problem("sheet.columns_price_alone", table, column)
        for column in table.columns
        if column.means in prices() and prices()[column.means].value not in wide
    ]
    return problems


def _problem(code: str, table: TableUse, column: ColumnUse, **values: str) -> Problem:
    return Problem(code, f"{table.sheet}!{column.letter}", {"column": column.label or column.letter, **values})
