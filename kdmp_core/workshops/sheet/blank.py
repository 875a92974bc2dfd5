"""An empty workbook to begin with: the four sheets, drop-downs and notes, with room for all an agreement needs.

Every heading and label comes from the catalogue (`sheet.blank`) and is one that `headings` reads again; a test fills
the workbook and reads it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kdmp_core.texts import has, text
from kdmp_core.workshops.sheet.layout import sheet_title
from kdmp_core.workshops.sheet.workbook import column_letter

HEADING_LINE = 3
LINES = 300
"""Lines below the heading that carry drop-downs."""

_HEAD = PatternFill("solid", fgColor="FFF1E9E4")
_BOLD = Font(bold=True)


@dataclass(frozen=True)
class _Column:
    """One column: its meaning, width in letters, what it takes (`text`, `date`, `number`) and its drop-down list."""

    meaning: str
    width: int
    takes: str = ""
    choices: str = ""


EVENT = (
    _Column("name", 50),
    _Column("organiser", 50),
    _Column("venue", 50),
    _Column("starts", 50, "date"),
    _Column("ends", 50, "date"),
    _Column("regency", 50, "text"),
    _Column("commodity", 50),
    _Column("baseline_price", 50, "number"),
    _Column("signing_place", 50),
    _Column("agreement_date", 50, "date"),
    _Column("working_months", 50, "number"),
    _Column("register_unit", 50, "text"),
    _Column("letter_number", 50, "text"),
)

TABLES: dict[str, tuple[_Column, ...]] = {
    "parties": (
        _Column("number", 5, "number"),
        _Column("name", 44),
        _Column("area_code", 16, "text"),
        _Column("village", 20),
        _Column("district", 18),
        _Column("legal_number", 34, "text"),
        _Column("nib", 16, "text"),
        _Column("npwp", 19, "text"),
        _Column("kind", 20, choices="kind"),
        _Column("officer", 28),
        _Column("office", 18),
        _Column("phone", 18, "text"),
        _Column("email", 26),
        _Column("term_ends", 18, "date"),
        _Column("authority_kind", 24, choices="authority"),
        _Column("authority_number", 26, "text"),
        _Column("authority_date", 20, "date"),
        _Column("address", 44),
        _Column("postcode", 10, "text"),
        _Column("letter_number", 24, "text"),
    ),
    "mapping": (
        _Column("number", 5, "number"),
        _Column("party_number", 12, "number"),
        _Column("party", 44, choices="party"),
        _Column("field", 14, choices="field"),
        _Column("direction", 20, choices="direction"),
        _Column("commodity", 18, choices="commodity"),
        _Column("amount", 12, "number"),
        _Column("unit", 10, choices="unit"),
        _Column("period", 18, choices="period"),
        _Column("price", 12, "number"),
        _Column("note", 40),
    ),
    "attendance": (
        _Column("number", 5, "number"),
        _Column("name", 30),
        _Column("party_number", 12, "number"),
        _Column("party", 44, choices="party"),
        _Column("office", 18),
        _Column("phone", 18, "text"),
        _Column("sex", 6, choices="sex"),
    ),
}

_FORMATS = {"text": "@", "date": "dd-mm-yyyy", "number": "General", "": "General"}


def blank_workbook() -> bytes:
    """Give the bytes of an empty .xlsx workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _event_sheet(book.create_sheet(sheet_title("event")))
    for meaning, columns in TABLES.items():
        _table(book.create_sheet(sheet_title(meaning)), meaning, columns)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _event_sheet(sheet: Worksheet) -> None:
    for row, column in enumerate(EVENT, start=1):
        _head(sheet, row, 1, "event", column)
        sheet.cell(row, 2).number_format = _FORMATS[column.takes]
    sheet.column_dimensions["A"].width = 40
    sheet.column_dimensions["B"].width = 60


def _table(sheet: Worksheet, meaning: str, columns: tuple[_Column, ...]) -> None:
    sheet.cell(1, 1, text(f"sheet.blank.title.{meaning}")).font = _BOLD
    for place, column in enumerate(columns, start=1):
        _head(sheet, HEADING_LINE, place, meaning, column)
        letter = column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        for row in range(HEADING_LINE + 1, HEADING_LINE + 1 + LINES):
            if column.takes in ("text", "date"):
                sheet.cell(row, place).number_format = _FORMATS[column.takes]
        if column.choices:
            _drop_down(sheet, letter, column.choices)
    sheet.freeze_panes = f"C{HEADING_LINE + 1}"


def _head(sheet: Worksheet, row: int, place: int, table: str, column: _Column) -> None:
    cell = sheet.cell(row, place, text(f"sheet.blank.{table}.{column.meaning}"))
    cell.font, cell.fill = _BOLD, _HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    note = f"sheet.blank.note.{column.meaning}"
    if has(note):
        cell.comment = Comment(text(note), "kdmp", height=90, width=260)


def _drop_down(sheet: Worksheet, letter: str, choices: str) -> None:
    named = f"'{sheet_title('parties')}'!$B${HEADING_LINE + 1}:$B${HEADING_LINE + LINES}"
    formula = named if choices == "party" else f'"{text(f"sheet.blank.choices.{choices}")}"'
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
    sheet.add_data_validation(rule)
    rule.add(f"{letter}{HEADING_LINE + 1}:{letter}{HEADING_LINE + LINES}")
