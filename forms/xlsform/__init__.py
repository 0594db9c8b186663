"""Checklists as Excel workbooks: XLSForm in and out, every refusal with sheet, row and cell. Format: docs/xlsform.md."""

from forms.xlsform.cells import CellProblem
from forms.xlsform.items import Defaults
from forms.xlsform.reading import Imported, read_workbook
from forms.xlsform.writing import Unwritable, write_workbook

__all__ = ["CellProblem", "Defaults", "Imported", "Unwritable", "read_workbook", "write_workbook"]
