"""Tables as files: typed cells, counts beside rates, no formulas from typed text, and what a Chinese Excel needs."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from server.downloads.tables import CellKind, Column, Table, count, rate, readable_rows
from server.downloads.texts import csv_text, from_xlsx_text, xlsx_text
from server.downloads.writers import write_csv, write_geojson, write_json, write_xlsx

GROUP = ("整改率", "Rectification rate")
UNSEEN = ["", " ", "\ufeff", "\u00a0", "\u200b", "\u202e", "\u3000", "\u2028", "\t", "\r\n", "\x00", "  \u200b"]
BAD: list[dict[str, Any]] = [
    {"town": {"a": 1}}, {"town": 5}, {"closed": "12"}, {"closed": None}, {"found_on": "2026"}, {"score": 1.5},
]  # fmt: skip


def table(rows: list[dict[str, Any]], **values: Any) -> Table:
    facts: dict[str, Any] = {
        "kind": "sample",
        "title": "各镇对比（2026-Q4）",
        "columns": (
            Column("town", ("镇", "Town"), width=20),
            Column("found_on", ("发现日期", "Found on"), CellKind.DATE),
            Column("score", ("得分", "Score"), CellKind.DECIMAL),
            count("closed", "已销号", "Closed", GROUP),
            count("found", "发现", "Found", GROUP),
            rate("rectification", "整改率(%)", "Rate (%)", "closed", "found", GROUP),
        ),
        "rows": rows,
        "notes": ("统计截止时点：2026-11-24 12:00（北京时间）",),
        "signatures": "填报人：陈　审核人：　日期：2026-11-24",
        "meta": {"kind": "sample", "as_of": "2026-11-24T12:00:00.000+08:00"},
    }
    return Table(**facts | values)


def row(town: str = "巴公镇", closed: int = 12, found: int = 13, **values: Any) -> dict[str, Any]:
    day = date(2026, 11, 2)
    return {"id": "1", "town": town, "found_on": day, "score": "86.5", "closed": closed, "found": found} | values


def sheet_of(path: Path) -> Any:
    return load_workbook(path).active


def test_workbook_has_title_headings_typed_cells_total_and_footer(tmp_path: Path) -> None:
    write_xlsx(table([row(), row("高都镇", 0, 0, score="/")]), tmp_path / "t.xlsx")

    sheet = sheet_of(tmp_path / "t.xlsx")
    assert [[cell.value for cell in line] for line in sheet.iter_rows()][1:6] == [
        ["镇", "发现日期", "得分", "整改率", None, None],
        [None, None, None, "已销号", "发现", "整改率(%)"],
        ["巴公镇", sheet["B4"].value, 86.5, 12, 13, 92.3],
        ["高都镇", sheet["B5"].value, "/", 0, 0, "/"],
        ["合计", None, None, 12, 13, 92.3],
    ]
    assert sheet["A1"].value == "各镇对比（2026-Q4）"
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:F2"}
    assert [cell.data_type for cell in sheet[4]] == ["s", "d", "n", "n", "n", "n"]
    assert sheet["B4"].value.date() == date(2026, 11, 2)
    assert sheet["F4"].number_format == "0.0"
    assert sheet["A7"].value == "统计截止时点：2026-11-24 12:00（北京时间）"
    assert sheet["A8"].value.startswith("填报人：陈")
    assert sheet.freeze_panes == "A4"


def test_rate_is_cut_off_where_rounding_would_reach_a_hundred(tmp_path: Path) -> None:
    write_xlsx(table([row(closed=1999, found=2000)]), tmp_path / "t.xlsx")

    assert sheet_of(tmp_path / "t.xlsx")["F4"].value == 99.9


@pytest.mark.parametrize("typed", ['=HYPERLINK("http://x")', "+1", "-2", "@SUM(A1)", "\t=1", "＝1"])
def test_typed_text_never_becomes_a_formula(tmp_path: Path, typed: str) -> None:
    write_xlsx(table([row(typed)]), tmp_path / "t.xlsx")
    write_csv(table([row(typed)]), tmp_path / "t.csv")

    cell = sheet_of(tmp_path / "t.xlsx")["A4"]
    assert (cell.data_type, cell.value) == ("s", typed)
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as source:
        assert list(csv.reader(source))[1][0] == f"'{typed}"


def test_what_is_read_back_from_a_workbook_is_what_was_stored(tmp_path: Path) -> None:
    texts = ["巴\x0b公", "a\rb\r\nc\td", "\ufffe\uffff", "_x000B_ 与 _x005F_", "=1+1", "😀𠀀", "\x7f\x85", "  两端  ", "_x12_"]

    write_xlsx(table([row(text) for text in texts]), tmp_path / "t.xlsx")

    sheet = sheet_of(tmp_path / "t.xlsx")
    assert [from_xlsx_text(sheet[f"A{line}"].value) for line in range(4, 4 + len(texts))] == texts


@given(st.text(max_size=40))
def test_any_text_comes_back_from_the_xml_of_a_workbook(text: str) -> None:
    written = xlsx_text(text)

    assert from_xlsx_text(written) == text
    read = ElementTree.fromstring(f"<t>{escape(written)}</t>").text or ""
    assert from_xlsx_text(read) == text


def test_a_cell_holds_what_excel_can_and_no_more(tmp_path: Path) -> None:
    write_xlsx(table([row("长" * 40_000)]), tmp_path / "t.xlsx")

    assert sheet_of(tmp_path / "t.xlsx")["A4"].value == "长" * 32_767


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_a_formula_is_defused_behind_whatever_nobody_sees(start: str, unseen: str) -> None:
    assert csv_text(f"{unseen}{start}1+1") == f"'{unseen}{start}1+1"


@pytest.mark.parametrize("text", ["", "1=1", "a@b", " 1", "\ufeff镇", "（-1）", "\u200b巴公"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert csv_text(text) == text


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_one_bad_row_is_a_marked_row_and_counts_for_nothing(tmp_path: Path, bad: dict[str, Any]) -> None:
    rows = [row(), row("坏") | bad | {"id": "7"}, row("高都镇", 1, 2)]

    for write in (write_xlsx, write_csv, write_json, write_geojson):
        write(table(rows), tmp_path / "file")

    write_csv(table(rows), tmp_path / "t.csv")
    lines = list(csv.reader((tmp_path / "t.csv").read_text("utf-8-sig").splitlines()))
    assert [line[0] for line in lines[1:]] == ["巴公镇", "（此行无法读取，请联系县安委办） 7", "高都镇", "合计"]
    assert lines[-1][3:5] == ["13", "15"]


def test_a_row_that_cannot_even_be_made_is_marked_too() -> None:
    made = readable_rows([1, 0, 2], lambda number: f"n{number}", lambda number: row(str(10 // number)))

    assert [line["town"] for line in table(list(made)).lines()] == ["10", "（此行无法读取，请联系县安委办） n0", "5", "合计"]


def test_csv_opens_right_in_a_chinese_excel(tmp_path: Path) -> None:
    write_csv(table([row('巴公镇,"东"\n村'), row(closed=0, found=0)]), tmp_path / "t.csv")

    assert (tmp_path / "t.csv").read_bytes() == (
        b"\xef\xbb\xbf"
        + (
            "镇,发现日期,得分,整改率·已销号,整改率·发现,整改率·整改率(%)\r\n"
            '"巴公镇,""东""\n村",2026-11-02,86.5,12,13,92.3\r\n'
            "巴公镇,2026-11-02,86.5,0,0,/\r\n"
            "合计,,,12,13,92.3\r\n"
        ).encode()
    )


def test_json_keeps_counts_with_each_rate(tmp_path: Path) -> None:
    write_json(table([row()], language="en"), tmp_path / "t.json")

    document = json.loads((tmp_path / "t.json").read_text("utf-8"))
    assert document["as_of"] == "2026-11-24T12:00:00.000+08:00"
    assert document["columns"][5] == {"key": "rectification", "label": "Rectification rate·Rate (%)"}
    assert document["rows"] == [
        {
            "id": "1", "town": "巴公镇", "found_on": "2026-11-02", "score": "86.5", "closed": 12, "found": 13,
            "rectification": {"numerator": 12, "denominator": 13, "display": "92.3"},
        }
    ]  # fmt: skip
    assert document["total"]["town"] == "Total"
    assert document["total"]["rectification"] == {"numerator": 12, "denominator": 13, "display": "92.3"}


def test_geojson_has_a_point_per_row_and_null_where_none_is_known(tmp_path: Path) -> None:
    write_geojson(table([row(position=(112.8991, 35.6172)), row(position=None)]), tmp_path / "t.geojson")

    document = json.loads((tmp_path / "t.geojson").read_text("utf-8"))
    assert document["type"] == "FeatureCollection"
    assert [feature["geometry"] for feature in document["features"]] == [
        {"type": "Point", "coordinates": [112.8991, 35.6172]},
        None,
    ]
    assert document["features"][0]["properties"]["closed"] == 12


def test_empty_table_is_still_a_file(tmp_path: Path) -> None:
    write_json(table([]), tmp_path / "t.json")
    write_xlsx(table([]), tmp_path / "t.xlsx")

    assert json.loads((tmp_path / "t.json").read_text("utf-8"))["rows"] == []
    assert [cell.value for cell in sheet_of(tmp_path / "t.xlsx")[4]] == ["合计", None, None, 0, 0, "/"]
