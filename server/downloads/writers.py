"""Writes a table as XLSX, CSV, JSON or GeoJSON, row by row, so that memory does not grow with the table. No database.

Text that people typed never becomes a formula: in XLSX it is typed as text, in CSV it gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from server.downloads.tables import CellKind, Column, Table, number_of
from server.downloads.texts import csv_text, starts_formula, xlsx_text
from vocabulary import DownloadFormat

_NUMBER_FORMATS = {CellKind.INTEGER: "0", CellKind.DECIMAL: "0.0", CellKind.RATE: "0.0", CellKind.DATE: "yyyy-mm-dd"}
_THIN = Side(style="thin", color="FF9AA3AD")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD_FILL = PatternFill("solid", fgColor="FFEAF0F6")


def write_xlsx(table: Table, path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", table.title)[:31])
    width = len(table.columns)
    has_groups = any(column.group for column in table.columns)
    head_rows = 2 if has_groups else 1
    for index, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    sheet.freeze_panes = f"A{head_rows + 2}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"2:{head_rows + 1}"
    sheet.merged_cells.add(f"A1:{get_column_letter(width)}1")

    sheet.append([_title_cell(sheet, table.title)])
    _append_head(sheet, table, has_groups)
    for last_row, line in enumerate(table.lines(), head_rows + 2):  # noqa: B007
        sheet.append([_body_cell(sheet, column, line) for column in table.columns])
    for note in (*table.notes, table.signatures):
        sheet.append([_note_cell(sheet, note)])
    book.save(path)


def write_csv(table: Table, path: Path) -> None:
    """UTF-8 with a byte order mark and CRLF: what a Chinese Excel opens right with a double click."""
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target, lineterminator="\r\n")
        writer.writerow([_one_line_label(table, column) for column in table.columns])
        for line in table.lines():
            writer.writerow([_csv_text(column, line.get(column.key)) for column in table.columns])


def write_json(table: Table, path: Path) -> None:
    """{…meta, title, notes, columns, rows, total}; rates as {numerator, denominator, display}."""
    head = {
        **table.meta,
        "title": table.title,
        "notes": list(table.notes),
        "columns": [{"key": column.key, "label": _one_line_label(table, column)} for column in table.columns],
    }
    total: dict[str, Any] | None = None
    with path.open("wb") as target:
        target.write(orjson.dumps(head)[:-1] + b',"rows":[')
        separator = b"\n"
        for line in table.lines():
            if line.get("is_total"):
                total = _properties(table, line)
                continue
            target.write(separator + orjson.dumps(_properties(table, line)))
            separator = b",\n"
        target.write(b'\n],"total":' + orjson.dumps(total) + b"}\n")


def write_geojson(table: Table, path: Path) -> None:
    """RFC 7946: a point per row in WGS-84, null where no position is known. The total is not a feature."""
    with path.open("wb") as target:
        head = {"type": "FeatureCollection", "title": table.title, "notes": list(table.notes), **table.meta}
        target.write(orjson.dumps(head)[:-1] + b',"features":[')
        separator = b"\n"
        for line in table.lines():
            if line.get("is_total"):
                continue
            position = line.get("position")
            feature = {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": list(position)} if position else None,
                "properties": _properties(table, line),
            }
            target.write(separator + orjson.dumps(feature))
            separator = b",\n"
        target.write(b"\n]}\n")


WRITERS: dict[str, Callable[[Table, Path], None]] = {
    DownloadFormat.XLSX: write_xlsx,
    DownloadFormat.CSV: write_csv,
    DownloadFormat.JSON: write_json,
    DownloadFormat.GEOJSON: write_geojson,
}


def _append_head(sheet: Any, table: Table, has_groups: bool) -> None:
    """One row of headings, or two with the groups merged above their columns."""
    if not has_groups:
        sheet.append([_head_cell(sheet, table.word(column.label)) for column in table.columns])
        return
    upper: list[Any] = []
    for index, column in enumerate(table.columns, 1):
        letter = get_column_letter(index)
        if column.group is None:
            sheet.merged_cells.add(f"{letter}2:{letter}3")
            upper.append(_head_cell(sheet, table.word(column.label)))
        else:
            upper.append(_head_cell(sheet, table.word(column.group)))
    for first, last in _runs(table):
        sheet.merged_cells.add(f"{get_column_letter(first)}2:{get_column_letter(last)}2")
        for index in range(first, last):
            upper[index] = _head_cell(sheet, None)
    sheet.append(upper)
    sheet.append([_head_cell(sheet, table.word(column.label) if column.group else None) for column in table.columns])


def _runs(table: Table) -> Iterator[tuple[int, int]]:
    """First and last column (from 1) of neighbours under one group heading."""
    start = 0
    for index in range(1, len(table.columns) + 1):
        here = table.columns[index].group if index < len(table.columns) else None
        if here == table.columns[start].group and here is not None:
            continue
        if table.columns[start].group is not None and index - start > 1:
            yield start + 1, index
        start = index


def _title_cell(sheet: Any, title: str) -> Any:
    cell = WriteOnlyCell(sheet, value=xlsx_text(title))
    cell.data_type = "s"
    cell.font = Font(size=16, bold=True)
    cell.alignment = Alignment(horizontal="center", vertical="center")
    return cell


def _head_cell(sheet: Any, label: str | None) -> Any:
    cell = WriteOnlyCell(sheet, value=label)
    cell.font = Font(bold=True)
    cell.fill = _HEAD_FILL
    cell.border = _BORDER
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return cell


def _body_cell(sheet: Any, column: Column, line: Mapping[str, Any]) -> Any:
    value = _typed(column, line.get(column.key))
    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        cell.value = xlsx_text(value)
        # openpyxl takes a text that begins with "=" for a formula.
        cell.data_type = "s"
        if starts_formula(value):
            cell.quotePrefix = True
    else:
        cell.value = value
        cell.number_format = _NUMBER_FORMATS.get(column.kind, "General")
    cell.border = _BORDER
    wide = column.kind is CellKind.TEXT and column.width >= 20
    cell.alignment = Alignment(vertical="center", wrap_text=wide, horizontal="right" if value == "/" else None)
    if line.get("is_total"):
        cell.font = Font(bold=True)
    return cell


def _note_cell(sheet: Any, note: str) -> Any:
    cell = WriteOnlyCell(sheet, value=xlsx_text(note))
    cell.data_type = "s"
    cell.font = Font(size=10, color="FF55606B")
    return cell


def _typed(column: Column, value: Any) -> Any:
    """The value as a spreadsheet types it: shown decimals become numbers with one decimal, "/" stays a text."""
    if column.kind in (CellKind.RATE, CellKind.DECIMAL) and isinstance(value, str):
        number = number_of(value)
        return value if number is None else float(number)
    return value


def _csv_text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return csv_text(text) if column.kind is CellKind.TEXT else text


def _one_line_label(table: Table, column: Column) -> str:
    label = table.word(column.label)
    return f"{table.word(column.group)}·{label}" if column.group else label


def _properties(table: Table, line: Mapping[str, Any]) -> dict[str, Any]:
    """The row by column keys; a rate with its counts, so that nobody takes a rounded number for the figure."""
    found: dict[str, Any] = {"id": line["id"]} if "id" in line else {}
    for column in table.columns:
        value = line.get(column.key)
        if column.share_of:
            numerator, denominator = column.share_of
            value = {"numerator": line[numerator], "denominator": line[denominator], "display": value}
        found[column.key] = value
    return found
