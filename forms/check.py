"""Command line ``python -m forms.check [--lang zh|en] [files]``: checks checklists and standards, says how to mend.

With ``--to-confirm`` it prints the page of what the county office has to confirm instead.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forms.confirmation import confirmation_page
from forms.files import UnreadableFile, parse_json
from forms.problems import Problem, has_errors
from forms.standards import FOLDER as STANDARDS_FOLDER
from forms.standards import load_standards
from forms.validation import validate_checklist, validate_registry, validate_standards
from vocabulary import AuthoringSeverity, Text

CHECKLISTS_FOLDER = Path(__file__).parent / "checklists"

_WORDS = {
    "zh": {
        "error": "错误",
        "warning": "提醒",
        "mend": "怎样改",
        "whole": "整个文件",
        "good": "没有问题",
        "sum": "共 {0} 个文件：{1} 处错误，{2} 处提醒",
    },
    "en": {
        "error": "error",
        "warning": "note",
        "mend": "mend",
        "whole": "whole file",
        "good": "no problems",
        "sum": "{0} files: {1} errors, {2} notes",
    },
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints every problem; 0 if there is no error, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m forms.check", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="checklists or standards files; all of them if none is named")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--quiet", action="store_true", help="errors only")
    parser.add_argument(
        "--to-confirm", action="store_true", help="print docs/to-confirm.md: what the county office has to confirm"
    )
    options = parser.parse_args(arguments)
    if options.to_confirm:
        documents = [read_json(path) for path in options.files or sorted(CHECKLISTS_FOLDER.glob("*.json"))]
        sys.stdout.write(confirmation_page(documents, load_standards()))
        return 0
    words = _WORDS[options.lang]
    files = options.files or [*sorted(STANDARDS_FOLDER.glob("*.json")), *sorted(CHECKLISTS_FOLDER.glob("*.json"))]

    counts = {AuthoringSeverity.ERROR: 0, AuthoringSeverity.WARNING: 0}
    for path, found in _check_files(files).items():
        shown = [problem for problem in found if problem.severity is AuthoringSeverity.ERROR or not options.quiet]
        if not found:
            print(f"{path}: {words['good']}")
        for problem in shown:
            counts[problem.severity] += 1
            where = problem.pointer or words["whole"]
            print(f"{path}: {where}")
            print(f"    {words[problem.severity.value]} [{problem.code}] {_in(problem.what, options.lang)}")
            print(f"    {words['mend']}: {_in(problem.mend, options.lang)}")
    print(words["sum"].format(len(files), counts[AuthoringSeverity.ERROR], counts[AuthoringSeverity.WARNING]))
    return 1 if counts[AuthoringSeverity.ERROR] else 0


def _in(text: Text, language: str) -> str:
    return text["zh"] if language == "zh" else text["en"]


def _check_files(paths: Sequence[Path]) -> dict[Path, list[Problem]]:
    found: dict[Path, list[Problem]] = {}
    registry: dict[str, Any] = {}
    standards = load_standards() if STANDARDS_FOLDER.is_dir() and _registry_is_readable() else None
    for path in paths:
        try:
            document = read_json(path)
        except (UnreadableFile, OSError) as error:
            found[path] = [_unreadable(str(error))]
            continue
        if isinstance(document, list):
            found[path] = validate_standards(document)
            if not has_errors(found[path]):
                registry[str(path)] = document
        else:
            found[path] = validate_checklist(document, standards)
    if STANDARDS_FOLDER.is_dir():
        for path in STANDARDS_FOLDER.glob("*.json"):
            if path.resolve() not in {known.resolve() for known in paths}:
                _add_readable(registry, path)
    for name, problems in validate_registry(registry).items():
        if Path(name) in found:
            found[Path(name)] += problems
    return found


def _add_readable(registry: dict[str, Any], path: Path) -> None:
    try:
        entries = read_json(path)
    except UnreadableFile:
        return
    if isinstance(entries, list) and not has_errors(validate_standards(entries)):
        registry[str(path)] = entries


def _registry_is_readable() -> bool:
    try:
        for path in STANDARDS_FOLDER.glob("*.json"):
            read_json(path)
    except UnreadableFile as error:
        print(error, file=sys.stderr)
        return False
    return True


def read_json(path: Path) -> Any:
    """The JSON of a file.

    Raises: UnreadableFile with the line, if it is not JSON or names a key twice.
    """
    try:
        return parse_json(path.read_bytes())
    except UnreadableFile as error:
        raise UnreadableFile(f"{path}: {error}") from error


def _unreadable(message: str) -> Problem:
    return Problem(
        "",
        "unreadable",
        {"zh": f"不是可读的 JSON：{message}", "en": f"not readable as JSON: {message}"},
        {"zh": "检查所指行的逗号、引号和括号", "en": "look at commas, quotes and brackets at that line"},
    )


if __name__ == "__main__":
    sys.exit(main())
