"""Whatever bytes come, the answer is a list of problems, never a traceback."""

from __future__ import annotations

import io
import random
import re
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from forms.xlsform import Defaults, Imported, read_workbook
from forms.xlsform.cells import BYTES_AT_MOST, ROWS_AT_MOST
from tests.forms.xlsform.books import FILLED, book, edited, errors, saved
from tests.forms.xlsform.examples import example_forms

GOOD = book(
    survey="type | name | label\nbegin_group | g | G\nselect_one yn | a | A\ninteger | b | B\nend_group",
    choices="list_name | name | label\nyn | yes | Yes\nyn | no | No",
    settings="form_title | form_id | version\nTried | tried | 2026.1",
)


def refused(imported: Imported) -> None:
    assert imported.document is None
    assert imported.errors
    for problem in imported.errors:
        assert problem.what["zh"]
        assert problem.what["en"]
        assert problem.mend["zh"]
        assert problem.mend["en"]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"   \n", b"\x00" * 100, b"not a workbook", b"%PDF-1.7", b"PK\x03\x04", b"PK\x03\x04" + b"\xff" * 300,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x01" * 2000, GOOD[:200], GOOD[:-200],
        b'{"id": "a_checklist"}', "表,一\n".encode("gb18030"), b"\xff\xfe\x00\x00", b"<html>", b"x" * (BYTES_AT_MOST + 1), b'"',
    ],
    ids=lambda data: repr(data[:8]),
)  # fmt: skip
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    refused(read_workbook(data))


def test_text_under_the_name_of_a_workbook_is_called_no_workbook() -> None:
    [problem] = read_workbook("你好\n".encode()).errors

    assert problem.what["zh"].startswith("不是 Excel 文件")


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("hello.txt", "hello")

    refused(read_workbook(output.getvalue()))


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread() -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\x00" * 60_000_000)

    assert [code for _, code in errors(read_workbook(output.getvalue()))] == ["file-too-large"]


@pytest.mark.parametrize(
    "sheets",
    [
        {"survey": ""}, {"survey": "type | name | label"}, {"other": "", "more": ""}, {"survey": "name | label\na | A"},
        {"survey": "a\nb"}, {"choices": "list_name | name\nyn | yes"}, {"survey": "type | name | label\ntext | a | A", "choices": ""},
        {"survey": "type | type\ntext | text"}, {"survey": "type | name | label\nbegin_group | a | A\nend_group"},
        {"survey": "type | name | label\n" + "\n".join(["begin_group | g | G"] * 60)},
    ],
    ids=str,
)  # fmt: skip
def test_a_workbook_with_nothing_to_use_is_refused(sheets: dict[str, str]) -> None:
    refused(read_workbook(book(**sheets), defaults=FILLED))


def test_merged_cells_are_named() -> None:
    def edit(workbook: Workbook) -> None:
        workbook["survey"].merge_cells("A3:A4")

    imported = read_workbook(edited(GOOD, edit), defaults=FILLED)

    refused(imported)
    assert ("survey!A3", "merged-cells") in errors(imported)
    assert ("survey!A4", "type-missing") in errors(imported)


def test_a_formula_without_a_value_and_a_formula_error_are_named() -> None:
    def edit(workbook: Workbook) -> None:
        workbook["survey"]["C3"] = "=A1&B1"
        workbook["survey"]["C4"] = "#REF!"

    found = errors(read_workbook(edited(GOOD, edit), defaults=FILLED))

    assert ("survey!C3", "formula-without-value") in found
    assert ("survey!C4", "cell-error") in found


def test_figures_dates_and_truth_values_in_text_cells_are_read_as_text() -> None:
    def edit(workbook: Workbook) -> None:
        workbook["survey"]["C3"] = 5
        workbook["survey"]["C4"] = True

    assert read_workbook(edited(GOOD, edit), defaults=FILLED).document is not None


def test_what_nobody_sees_in_a_cell_is_not_read() -> None:
    def edit(workbook: Workbook) -> None:
        for sheet in workbook:
            for row in sheet.iter_rows():
                for cell in row:
                    cell.value = f" \u3000\u00a0{cell.value}_x000D_\u200b\ufeff " if cell.value else None

    assert read_workbook(edited(GOOD, edit), defaults=FILLED).document == read_workbook(GOOD, defaults=FILLED).document


def test_trouble_in_sheets_that_are_not_used_does_not_matter() -> None:
    def edit(workbook: Workbook) -> None:
        sheet = workbook.create_sheet("填表说明")
        sheet.merge_cells("A1:D4")
        sheet["F1"] = "#REF!"

    assert read_workbook(edited(GOOD, edit), defaults=FILLED).document is not None


def test_a_sheet_that_is_too_long_is_refused() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "survey"
    sheet.append(["type", "name", "label"])
    for number in range(ROWS_AT_MOST + 5):
        sheet.append(["note", f"n{number}", "x"])

    assert "too-many-rows" in [code for _, code in errors(read_workbook(saved(workbook)))]


def remade(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with one of its parts changed as no spreadsheet program would."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name == part else content)
    return output.getvalue()


def test_a_hundred_thousand_rows_with_a_format_only_do_no_harm() -> None:
    rows = "".join(f'<row r="{row}" s="1"><c r="A{row}" s="1"/><c r="B{row}" s="1"></c></row>' for row in range(10, 100_010))

    def format_rows(sheet: bytes) -> bytes:
        return sheet.replace(b"</sheetData>", rows.encode() + b"</sheetData>")

    data = remade(GOOD, "xl/worksheets/sheet1.xml", format_rows)

    assert read_workbook(data, defaults=FILLED).document == read_workbook(GOOD, defaults=FILLED).document


@pytest.mark.parametrize(
    ("part", "before", "more", "code"),
    [
        ("xl/styles.xml", b"</fonts>", b"<font/>" * 200_000, "file-too-complex"),
        ("xl/styles.xml", b"</cellXfs>", b'<xf numFmtId="0"/>' * 200_000, "file-too-complex"),
        ("xl/workbook.xml", b"</sheets>", b'<sheet name="s" sheetId="9" r:id="rId1"/>' * 41, "too-many-sheets"),
        ("xl/workbook.xml", b"</sheets>", b'<sheet name="survey 2" sheetId="9" r:id="rId1"/>', "too-many-sheets"),
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b"<row><c><v>1</v></c></row>" * 500_000, "file-too-complex"),
    ],
    ids=["fonts", "formats", "sheets", "one part as two sheets", "cells without places"],
)
def test_what_would_take_minutes_is_refused_unread(part: str, before: bytes, more: bytes, code: str) -> None:
    data = remade(GOOD, part, lambda content: content.replace(before, more + before))

    assert [found for _, found in errors(read_workbook(data, defaults=FILLED))] == [code]


@pytest.mark.parametrize(
    "tag", [b"<mergeCell " + b"x" * 1000, b"<row " + b" " * 1000, b'<c r="A9">' + b" " * 1000, b"<c " + b"r " * 500]
)
def test_tags_that_never_end_are_read_once(tag: bytes) -> None:
    def repeat(sheet: bytes) -> bytes:
        return sheet.replace(b"</sheetData>", tag * 8_000 + b"</sheetData>")

    started = time.monotonic()
    refused(read_workbook(remade(GOOD, "xl/worksheets/sheet1.xml", repeat), defaults=FILLED))

    assert time.monotonic() - started < 10


@pytest.mark.parametrize("text", [b"\n" * 4_000_000 + b"x", b"survey,type\n" + b"," * 4_000_000, b'"' * 4_000_000])
def test_endless_text_is_read_once(text: bytes) -> None:
    started = time.monotonic()
    refused(read_workbook(text, defaults=FILLED))

    assert time.monotonic() - started < 10


@pytest.mark.parametrize("expression", ["${a} = 'yes' or " * 60_000, "not(" * 60_000, "(" * 300_000, ". > 1 and " * 60_000])
def test_an_expression_of_any_length_is_answered_at_once(expression: str) -> None:
    rows = ["survey", ",type,name,label,relevant,constraint", ",select_one yn,a,A", f',integer,b,B,"{expression}","{expression}"']
    data = "\n".join([*rows, "choices", ",list_name,name,label", ",yn,yes,Yes", ",yn,no,No"]).encode()

    started = time.monotonic()
    found = errors(read_workbook(data, defaults=FILLED))

    assert time.monotonic() - started < 10
    assert found == [("survey!E4", "expression"), ("survey!F4", "expression")]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_never_expanded(part: str) -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY j SYSTEM "file:///etc/hostname">]>'

    def declare(content: bytes) -> bytes:
        return doctype + content[content.index(b"?>") + 2 :] if content.startswith(b"<?xml") else doctype + content

    assert [code for _, code in errors(read_workbook(remade(GOOD, part, declare), defaults=FILLED))] == ["file-unreadable"]


def test_a_far_cell_of_an_old_workbook_costs_nothing() -> None:
    """xlrd would keep sixteen million cells up to it."""
    data = bytearray(example_forms()["example_xls/yes_or_no_question.xls"])
    record = data.index(b"\xfd\x00\x0a\x00")
    data[record + 4 : record + 8] = b"\xff\xff\xff\x00"

    tracemalloc.start()
    imported = read_workbook(bytes(data), defaults=FILLED)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "too-many-rows" in [code for _, code in errors(imported)]
    assert peak < 40_000_000


def test_a_far_cell_costs_nothing() -> None:
    def edit(workbook: Workbook) -> None:
        workbook["survey"]["XFD1048576"] = "far away"

    assert read_workbook(edited(GOOD, edit), defaults=FILLED).problems is not None


WORDS = [
    None, "", "type", "name", "text", "select_one yn", "select_one", "begin_group", "end_group", "begin_repeat", "end_repeat", "integer",
    "${a} = 'yes'", "${", "(((", "not(", ". >= 0", ". > . > .", "yes", "no", "是", "a", "A b", "１２", "=", "=1+1", "-1", 5, 1e308, True, -3.25,
    "AND(", "RESULT(a, fail)", '{"all": []}', '{"item": 3}', "[1]", "<=3", "WHEN", "\\n\\", "profile.x", "section.", "key.", "x" * 500,
    "zero-accident-checklist/1", "\u202e", "😀", "begin loop over yn", "select_multiple yn or_other", "range", "1e5", "0x10",
]  # fmt: skip
HEADERS = [
    "type", "name", "label", "label::English", "label::中文", "hint", "relevant", "condition", "constraint", "required", "limits", "points",
    "basis", "minimum", "maximum", "decimals", "repeat_count", "calculation", "bind::relevant", "media::image", "::", "not_applicable", "key",
    "value", "list_name", "result", "weight", "unit", "deadline_days", "phrases_zh", "determinations", "id", "when", "form_id", "version",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_random_cells_are_answered_with_problems_or_a_checklist(seed: int) -> None:
    chance = random.Random(seed)
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name in chance.sample(
        ["survey", "choices", "settings", "checklist", "scoring", "determinations", "Sheet1"], chance.randint(1, 6)
    ):
        sheet = workbook.create_sheet(name)
        headers = chance.sample(HEADERS, chance.randint(1, 12))
        sheet.append((["type", "name", "label"] if chance.random() < 0.7 else []) + headers)
        for _ in range(chance.randint(0, 12)):
            for column in range(1, 12):
                cell = sheet.cell(sheet.max_row + (column == 1), column)
                value = chance.choice(WORDS)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    if "checklist" in workbook.sheetnames and chance.random() < 0.5:
        workbook["checklist"].append(["format", "zero-accident-checklist/1"])

    imported = read_workbook(saved(workbook), defaults=chance.choice([FILLED, Defaults()]))

    assert (imported.document is None) == bool(imported.errors)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_flipped_bytes_are_answered_with_problems_or_a_checklist(seed: int) -> None:
    chance = random.Random(seed)
    spoilt = bytearray(GOOD)
    for _ in range(chance.randint(1, 20)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)

    imported = read_workbook(bytes(spoilt), defaults=FILLED)

    assert (imported.document is None) == bool(imported.errors)


@given(st.binary(max_size=400))
def test_random_bytes_are_refused(data: bytes) -> None:
    refused(read_workbook(data))


# Files that cost next to nothing to send and would cost a reader without limits its memory or its day.

SHEET = "xl/worksheets/sheet1.xml"


def patched(edit: Callable[[bytes], bytes], member: str = SHEET) -> bytes:
    """The good workbook with the bytes of one of its parts changed."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as before, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, edit(before.read(name)) if name == member else before.read(name))
    return output.getvalue()


def within_the_sheet(xml: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(b"</sheetData>", b"</sheetData>" + xml)


def test_a_merge_over_the_whole_sheet_is_named_and_not_unfolded() -> None:
    merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'

    assert ("survey!A1", "merged-cells") in errors(read_workbook(patched(within_the_sheet(merge)), defaults=FILLED))


def test_a_link_over_the_whole_sheet_is_not_unfolded() -> None:
    link = b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>'

    assert read_workbook(patched(within_the_sheet(link)), defaults=FILLED).document is not None


def test_a_sheet_that_claims_to_be_huge_is_read_as_it_is() -> None:
    claim = patched(lambda content: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', content))

    assert read_workbook(claim, defaults=FILLED).document is not None


def test_entities_in_a_workbook_are_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet'

    assert [code for _, code in errors(read_workbook(patched(lambda content: content.replace(b"<worksheet", bomb, 1))))] == [
        "file-unreadable"
    ]


def test_more_cells_than_any_form_has_are_refused_unread() -> None:
    row = b"<row>" + b"<c/>" * 1000 + b"</row>"
    full = patched(lambda content: content.replace(b"<sheetData>", b"<sheetData>" + row * 400))

    assert [code for _, code in errors(read_workbook(full))] == ["file-too-large"]


def test_a_cell_with_content_far_below_is_named() -> None:
    def edit(workbook: Workbook) -> None:
        workbook["survey"].cell(900_000, 1, "integer")

    assert ("survey!", "too-many-rows") in errors(read_workbook(edited(GOOD, edit), defaults=FILLED))


def test_a_table_without_sheet_names_in_csv_is_refused_at_once() -> None:
    assert [code for _, code in errors(read_workbook(b"integer,a\n" * 15_000))] == ["file-unreadable"]


def test_macros_and_links_to_other_files_are_left_unread() -> None:
    def with_more(content: bytes) -> bytes:
        return content.replace(
            b"</Types>",
            b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
            b'<Override PartName="/xl/externalLinks/externalLink1.xml" '
            b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"/></Types>',
        )

    assert read_workbook(patched(with_more, "[Content_Types].xml"), defaults=FILLED).document is not None


def test_a_workbook_with_a_password_says_so() -> None:
    """Excel wraps an encrypted workbook in the container of the old format."""
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 2000

    [problem] = read_workbook(locked).problems

    assert "密码" in problem.mend["zh"]
    assert "password" in problem.mend["en"]


def test_what_pyxform_refuses_is_refused_with_the_row_of_the_file() -> None:
    workbook = book(survey="type | name | label | parameters\ninteger | a | A\ntext | b | B | rows=many")

    def push_down(opened: Workbook) -> None:
        opened["survey"].insert_rows(1, 2)
        opened["survey"].insert_rows(5, 3)

    [problem] = read_workbook(edited(workbook, push_down), defaults=FILLED).errors

    assert (problem.code, problem.sheet, problem.row) == ("xlsform", "survey", 8)
    assert "rows must have an integer value" in problem.what["zh"]
    assert "row :" not in problem.what["zh"]
