"""A workbook as sheets of cells that know where they stand: .xlsx, .xls and .csv read alike, every refusal with its cell.

Hostile or broken files end in a ``CellProblem``, never in an exception of a file library.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import xlrd
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter

from forms.problems import Problem
from vocabulary import AuthoringSeverity, Text

BYTES_AT_MOST = 5_000_000
# A workbook of 200 items unpacks to less than 2 MB; a file that unpacks to more than this is a bomb or not a form.
UNPACKED_BYTES_AT_MOST = 24_000_000
ROWS_AT_MOST = 5_000
COLUMNS_AT_MOST = 200
SHEETS_AT_MOST = 40
# A checklist of 300 items has about 15,000 cells.
CELLS_AT_MOST = 300_000
MEMBERS_AT_MOST = 2_000
# Each costs microseconds; 300,000 cells have five tags each at most, styles and names of a tidy workbook a few thousand.
TAGS_AT_MOST = 1_500_000
TAGS_BESIDE_CELLS_AT_MOST = 150_000
# Enough to see what the author did; more of the same says nothing new.
MERGED_AT_MOST = 100

_XLSX, _XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# A tag never crosses "<", and the first place in it counts: else a crafted sheet would be scanned from each tag to its end.
_PLACED = rb"<(?:\w+:)?c\s(?>(?:[^<>]*?\s)?r=[\"'])"
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_COLUMN = re.compile(_PLACED + rb"([A-Z]{1,3})\d{1,7}[\"']")
_FORMULA = re.compile(_PLACED + rb"([A-Z]{1,3})(\d{1,7})[\"'][^<>]*+>\s*+<(?:\w+:)?f[\s/>]")
_FILLED_CELL = re.compile(_PLACED + rb"[A-Z]{1,3}(\d{1,7})[\"'][^<>]*+(?<!/)>")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s(?>[^<>]*?ref=[\"'])([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
# Only with a place of its own: without one, those that follow would move.
_EMPTY_CELL = re.compile(rb"<(?:\w+:)?c\s(?=[^<>]*\br=)[^<>]*?(?:/>|>\s*+</(?:\w+:)?c>)")
_EMPTY_ROW = re.compile(rb"<(?:\w+:)?row\s(?=[^<>]*\br=)[^<>]*?(?:/>|>\s*+</(?:\w+:)?row>)")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s(?>[^<>]*?:id=[\"'])([^\"'<>]*+)[\"']")

Value = str | int | float | bool | date | datetime | time | None


# What nobody sees: spaces without width at the ends, control characters anywhere.
_UNSEEN_AT_ENDS = "\u200b\u2060\ufeff"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# How .xlsx writes a character that XML cannot hold.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def cleaned(value: str) -> str:
    """A text as its author sees it."""
    plain = _CONTROL.sub("", value.replace("\u00a0", " ").replace("\r\n", "\n"))
    while plain != (plain := plain.strip().strip(_UNSEEN_AT_ENDS)):
        pass
    return plain


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One thing to mend in a workbook. ``row`` is 0 for a whole sheet, ``column`` empty for a whole row."""

    sheet: str
    row: int
    column: str
    header: str
    code: str
    what: Text
    mend: Text
    severity: AuthoringSeverity = AuthoringSeverity.ERROR

    @property
    def cell(self) -> str:
        """The cell as Excel names it (``C12``), ``12`` for a whole row, empty for a whole sheet."""
        return f"{self.column}{self.row or ''}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and the place it was read from; ``value`` is None where the sheet has nothing."""

    value: Value
    sheet: str
    row: int
    column: str
    header: str

    @property
    def text(self) -> str:
        """The value as text, without surrounding space: 5.0 is 5, dates are ISO dates."""
        match self.value:
            case None:
                return ""
            case bool():
                return "yes" if self.value else "no"
            case float() if self.value.is_integer():
                return str(int(self.value))
            case datetime() if self.value.time() == time():
                return self.value.date().isoformat()
            case date() | time():
                return self.value.isoformat()
        return cleaned(str(self.value))

    def problem(self, code: str, what: Text, mend: Text, severity: AuthoringSeverity = AuthoringSeverity.ERROR) -> CellProblem:
        """A problem of this cell."""
        return CellProblem(self.sheet, self.row, self.column, self.header, code, what, mend, severity)


@dataclass(slots=True)
class Row:
    """One row of a sheet below its header, cells by header text as the author wrote it."""

    sheet: str
    number: int
    cells: dict[str, Cell]

    def problem(self, code: str, what: Text, mend: Text, severity: AuthoringSeverity = AuthoringSeverity.ERROR) -> CellProblem:
        """A problem of the whole row."""
        return CellProblem(self.sheet, self.number, "", "", code, what, mend, severity)


@dataclass(slots=True)
class Sheet:
    """A sheet: its headers in order with their columns, and the rows that are not empty."""

    name: str
    headers: dict[str, str]
    rows: list[Row]
    problems: list[CellProblem] = field(default_factory=list)
    header_row: int = 1

    def problem(self, code: str, what: Text, mend: Text, severity: AuthoringSeverity = AuthoringSeverity.ERROR) -> CellProblem:
        """A problem of the whole sheet."""
        return CellProblem(self.name, 0, "", "", code, what, mend, severity)


@dataclass(slots=True)
class Book:
    """What could be read of a workbook. Sheets by name in lower case; ``problems`` are of the file, a sheet has its own."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)
    file_type: str = ".xlsx"

    def find(self, name: str) -> Sheet | None:
        return self.sheets.get(name)


def text(zh: str, en: str) -> Text:
    """Words in both languages, without the middle where they quote what nobody would read."""
    return {"zh": _shortened(zh), "en": _shortened(en)}


def _shortened(words: str) -> str:
    return words if len(words) <= 400 else f"{words[:250]}…{words[-100:]}"


def read_book(data: bytes) -> Book:
    """The cells of a workbook; the kind of file is told by its first bytes."""
    if len(data) > BYTES_AT_MOST:
        return _unreadable("file-too-large", "文件太大", "the file is too large", "只留检查表需要的工作表，不放图片")
    if not data.strip():
        return _unreadable("file-empty", "文件是空的", "the file is empty", "选择有内容的文件")
    reader, file_type = (
        (_xlsx_grids, ".xlsx")
        if data.startswith(_XLSX)
        else (_xls_grids, ".xls")
        if data.startswith(_XLS)
        else (_csv_grids, ".csv")
    )
    try:
        grids = list(reader(data))
    except _Refused as refused:
        return refused.book
    # Broken bytes make the file libraries raise nearly anything (struct.error, AssertionError, XML errors, IndexError …),
    # and the author needs the one same answer: this file cannot be opened.
    except Exception as error:
        return _unreadable(
            "file-unreadable",
            f"文件打不开（{type(error).__name__}），可能已损坏，或不是 Excel 文件",
            f"the file cannot be opened ({type(error).__name__}): damaged, or not a workbook",
            "用 Excel 或 WPS 打开后另存为 .xlsx；设了密码的先取消",
        )
    book = Book(file_type=file_type)
    for grid in grids[:SHEETS_AT_MOST]:
        sheet = _sheet(grid)
        if sheet.name.strip().lower() in book.sheets:
            sheet.problems.append(
                sheet.problem(
                    "duplicate-sheet",
                    text(f"工作表 {sheet.name} 出现两次（不分大小写）", f"the sheet {sheet.name} is there twice"),
                    text("删去一张", "remove one of them"),
                )
            )
        book.sheets[sheet.name.strip().lower()] = sheet
    return book


def column_letter(index: int) -> str:
    """The name of a column counted from 0."""
    return get_column_letter(index + 1)


@dataclass(slots=True)
class _Grid:
    """A sheet before its header is understood. ``errors`` are cells that hold no value that can be read."""

    name: str
    rows: list[list[Value]]
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    is_too_long: bool = False


class _Refused(Exception):
    def __init__(self, book: Book) -> None:
        self.book = book


def _unreadable(code: str, zh: str, en: str, mend_zh: str) -> Book:
    mends = {
        "file-too-large": "keep only the sheets of the checklist, without pictures",
        "file-too-complex": "paste the values of the sheets into a new workbook",
        "too-many-sheets": "keep only the sheets of the checklist",
        "file-empty": "choose a file with something in it",
    }
    mend = text(mend_zh, mends.get(code, "open it in a spreadsheet program and save it as .xlsx, without a password"))
    return Book(problems=[CellProblem("", 0, "", "", code, text(zh, en), mend)])


def _xlsx_grids(data: bytes) -> Iterator[_Grid]:
    contents = _checked_members(data)
    with warnings.catch_warnings():
        # openpyxl warns of drawings and validations that it does not keep; we only read values.
        warnings.simplefilter("ignore")
        # Read-only, or openpyxl would make a cell for each place of every merged, linked or formatted area: one line of XML
        # is enough to ask for seventeen thousand million of them.
        workbook = load_workbook(_packed(contents), read_only=True, data_only=True, keep_links=False)
        for sheet in workbook.worksheets:
            content = contents.get(str(getattr(sheet, "_worksheet_path", "")).lstrip("/"), b"")
            grid = _Grid(sheet.title, [], merged=[found.decode() for found in _MERGED.findall(content)[:MERGED_AT_MOST]])
            grid.is_too_long = any(int(row) > ROWS_AT_MOST for row in _FILLED_CELL.findall(content))
            formulas = {(int(row), column_index_from_string(name.decode())) for name, row in _FORMULA.findall(content)}
            for row_number, row in enumerate(_rows(sheet, _width(content)), 1):
                grid.rows.append([_unescaped(cell.value) for cell in row])
                for column, cell in enumerate(row, 1):
                    if cell.data_type == "e":
                        grid.errors.append((row_number, column, "cell-error"))
                    elif cell.value is None and (row_number, column) in formulas:
                        grid.errors.append((row_number, column, "formula-without-value"))
            yield grid
        workbook.close()


def _unescaped(value: Value) -> Value:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if isinstance(value, str) and "_x" in value else value


def _packed(contents: Mapping[str, bytes]) -> io.BytesIO:
    """The parts as a workbook again, without pictures and macros."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    output.seek(0)
    return output


def _rows(sheet: Any, width: int) -> Iterator[tuple[Any, ...]]:
    # Not by the size that the sheet says it has: that is only what its file claims.
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(min_row=1, max_row=ROWS_AT_MOST + 2, min_col=1, max_col=width)
    return rows


def _width(content: bytes) -> int:
    """How many columns of a sheet are worth reading."""
    names = set(_COLUMN.findall(content))
    if not names:
        return COLUMNS_AT_MOST + 1
    return min(COLUMNS_AT_MOST + 1, max(column_index_from_string(name.decode()) for name in names))


def _checked_members(data: bytes) -> dict[str, bytes]:
    """The XML parts of a workbook by name, sheets without the cells that have a format only.

    Raises: _Refused for what would take more memory or time than any form.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS_AT_MOST or sum(member.file_size for member in members) > UNPACKED_BYTES_AT_MOST:
            raise _Refused(
                _unreadable(
                    "file-too-large", "文件解开后太大", "the file unpacks to too much", "只留检查表需要的工作表，不放图片"
                )
            )
        contents = {
            member.filename: archive.read(member) for member in members if member.filename.lower().endswith((".xml", ".rels"))
        }
    sheets = {name for name, content in contents.items() if b"sheetData" in content}
    for name in sheets:
        # What stands in CDATA is text, whatever it looks like.
        if b"<![CDATA[" not in contents[name]:
            contents[name] = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", contents[name]))
    tags = {name: content.count(b"<") for name, content in contents.items()}
    beside = sum(count for name, count in tags.items() if name not in sheets and "sharedstrings" not in name.lower())
    if beside > TAGS_BESIDE_CELLS_AT_MOST or sum(tags.values()) > TAGS_AT_MOST:
        raise _Refused(
            _unreadable(
                "file-too-complex",
                "样式、名称等附带内容太多",
                "there is too much beside the cells: styles, names and the like",
                "新建一个工作簿，把各表“选择性粘贴—数值”过去",
            )
        )
    found = [place for name, content in contents.items() if name not in sheets for place in _SHEET.findall(content)]
    if len(found) > SHEETS_AT_MOST or len(set(found)) < len(found):
        raise _Refused(_too_many_sheets())
    if sum(len(_CELL.findall(content)) for content in contents.values()) > CELLS_AT_MOST:
        raise _Refused(_too_many_cells())
    return contents


def _too_many_sheets() -> Book:
    what = text(f"工作表超过 {SHEETS_AT_MOST} 张", f"there are more than {SHEETS_AT_MOST} sheets")
    return _unreadable("too-many-sheets", what["zh"], what["en"], "只留检查表需要的工作表")


def _too_many_cells() -> Book:
    what = text(f"有内容的单元格超过 {CELLS_AT_MOST} 个", f"more than {CELLS_AT_MOST} cells with something in them")
    return _unreadable("file-too-large", what["zh"], what["en"], "只留检查表需要的工作表")


def _xls_grids(data: bytes) -> Iterator[_Grid]:
    # Sheet by sheet and with rows as long as they are: else xlrd keeps a rectangle up to the last cell of each, all at once.
    workbook = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True, ragged_rows=True)
    if workbook.nsheets > SHEETS_AT_MOST:
        raise _Refused(_too_many_sheets())
    cells = 0
    for index in range(workbook.nsheets):
        sheet = workbook.sheet_by_index(index)
        workbook.unload_sheet(index)
        cells += sum(map(sheet.row_len, range(sheet.nrows)))
        if cells > CELLS_AT_MOST:
            raise _Refused(_too_many_cells())
        grid = _Grid(sheet.name, [])
        grid.is_too_long = any(sheet.row_len(row_index) for row_index in range(ROWS_AT_MOST, sheet.nrows))
        for row_index in range(min(sheet.nrows, ROWS_AT_MOST + 2)):
            row: list[Value] = []
            for column_index, cell in enumerate(sheet.row(row_index)[: COLUMNS_AT_MOST + 1]):
                if cell.ctype == xlrd.XL_CELL_ERROR:
                    grid.errors.append((row_index + 1, column_index + 1, "cell-error"))
                row.append(_xls_value(cell, workbook.datemode))
            grid.rows.append(row)
        yield grid


def _xls_value(cell: Any, datemode: int) -> Value:
    match cell.ctype:
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK | xlrd.XL_CELL_ERROR:
            return None
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_DATE:
            found: datetime = xlrd.xldate_as_datetime(cell.value, datemode)
            return found
        case xlrd.XL_CELL_NUMBER:
            return int(cell.value) if float(cell.value).is_integer() else float(cell.value)
    return str(cell.value)


def _csv_grids(data: bytes) -> Iterator[_Grid]:
    """XLSForm's CSV: the first column names the sheet where one begins; the row after it holds the headers."""
    content = None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if content is None or "\x00" in content:
        raise _Refused(
            _unreadable(
                "file-unreadable",
                "不是 Excel 文件，也不是文本",
                "neither a workbook nor text",
                "用 Excel 或 WPS 打开后另存为 .xlsx",
            )
        )
    # Any text is one column of CSV; without a row that begins a survey it was never meant as a form.
    if not re.search(r'^[ \t]*"?survey"?[ \t]*(,|$)', content, re.IGNORECASE | re.MULTILINE):
        raise _Refused(_no_sheet_names())
    grid: _Grid | None = None
    sheets = 0
    csv.field_size_limit(BYTES_AT_MOST)
    for number, row in enumerate(csv.reader(io.StringIO(content, newline="")), 1):
        if number > ROWS_AT_MOST * 3:
            break
        name, *cells = row or [""]
        if name.strip():
            if grid:
                yield grid
            sheets += 1
            if sheets > SHEETS_AT_MOST:
                raise _Refused(_no_sheet_names())
            # Row numbers stay those of the file, so the rows above the sheet count as empty ones.
            grid = _Grid(name.strip(), [[] for _ in range(number - 1)])
        if grid is not None:
            grid.rows.append([None, *[cell if cell.strip() else None for cell in cells]])
    if grid:
        yield grid
    if grid is None or not content.strip():
        raise _Refused(_no_sheet_names())


def _no_sheet_names() -> Book:
    return _unreadable(
        "file-unreadable",
        "不是 Excel 文件；CSV 的第一列须写工作表名（survey、choices、settings）",
        "not a workbook; a CSV needs the names of the sheets (survey, choices, settings) in its first column",
        "用 Excel 或 WPS 另存为 .xlsx",
    )


def _sheet(grid: _Grid) -> Sheet:
    sheet = Sheet(grid.name, {}, [])
    problems = sheet.problems
    first = next((index for index, row in enumerate(grid.rows) if any(_filled(value) for value in row)), None)
    if first is None:
        return sheet
    sheet.header_row = first + 1
    headers: dict[int, str] = {}
    for index, value in enumerate(grid.rows[first][:COLUMNS_AT_MOST]):
        if not _filled(value):
            continue
        header = " ".join(cleaned(str(value)).split())
        cell = Cell(value, grid.name, first + 1, column_letter(index), header)
        if header.lower() in (known.lower() for known in headers.values()):
            problems.append(
                cell.problem(
                    "duplicate-column",
                    text(f"列名 {header} 出现两次", f"the column {header} is there twice"),
                    text("删去一列，或改列名", "remove one, or rename it"),
                )
            )
            continue
        headers[index] = header
        sheet.headers[header] = column_letter(index)
    rows = grid.rows[first + 1 :]
    if grid.is_too_long or any(_filled(value) for row in rows[ROWS_AT_MOST - first - 1 :] for value in row):
        problems.append(
            sheet.problem(
                "too-many-rows",
                text(f"超过 {ROWS_AT_MOST} 行", f"more than {ROWS_AT_MOST} rows"),
                text("拆成几张检查表；表格下方很远的内容请删去", "make several checklists of it; remove what stands far below"),
            )
        )
    for number, row in enumerate(rows[: max(0, ROWS_AT_MOST - first - 1)], first + 2):
        cells = {
            header: Cell(row[index], grid.name, number, column_letter(index), header)
            for index, header in headers.items()
            if index < len(row) and _filled(row[index])
        }
        if cells:
            sheet.rows.append(Row(grid.name, number, cells))
    problems += _cell_errors(grid, headers, first + 1)
    return sheet


def _cell_errors(grid: _Grid, headers: dict[int, str], header_row: int) -> Iterator[CellProblem]:
    for row, column, code in grid.errors:
        place = Cell(None, grid.name, row, column_letter(column - 1), headers.get(column - 1, ""))
        if code == "cell-error":
            what = text("单元格里是公式错误", "the cell holds a formula error")
        else:
            what = text("公式没有算出的值", "the formula has no calculated value")
        yield place.problem(code, what, text("把公式改成值（复制后“选择性粘贴—数值”）", "paste it as a value"))
    for merged in grid.merged:
        rows = [int("".join(filter(str.isdigit, corner))) for corner in merged.split(":")]
        if max(rows) >= header_row:
            first = merged.split(":")[0]
            letters = "".join(filter(str.isalpha, first))
            yield CellProblem(
                grid.name, rows[0], letters, "", "merged-cells",
                text(f"{merged} 是合并的单元格", f"{merged} is merged"),
                text("取消合并，每行写全", "unmerge it and fill in every row"),
            )  # fmt: skip


def _filled(value: Value) -> bool:
    return value is not None and not (isinstance(value, str) and not cleaned(value))


def shown(problem: Problem | CellProblem) -> str:
    """A problem in one Chinese line, for logs and tests."""
    place = f"{problem.sheet}!{problem.cell}" if isinstance(problem, CellProblem) else problem.pointer
    return f"{place}: {problem.what['zh']}；{problem.mend['zh']}"
