"""Writes what is generated from the vocabulary: `python -m vocabulary`. tests/vocabulary compares the files with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vocabulary.dates import YEAR
from vocabulary.words import FOLDER, class_name, load_sets

CLIENT = FOLDER.parent / "client" / "src"
_NOTE = "Generated from vocabulary/*.json by `python -m vocabulary`; not edited by hand."


def generated() -> dict[Path, str]:
    """The text of every generated file."""
    sets = load_sets()
    files = {
        FOLDER / "codes.py": python_enums(sets),
        CLIENT / "vocabulary" / "codes.ts": typescript_unions(sets),
        CLIENT / "vocabulary" / "dates.ts": typescript_dates(),
    }
    for language in ("zh", "en"):
        for screens in ("entry", "phone", "screens", "desk"):
            files[CLIENT / "i18n" / language / f"words-{screens}.json"] = _json(screen_words(sets, language, screens))
    return files


def identifier(code: str, member: dict[str, Any]) -> str:
    """The member's name in code, in capitals; a member says it itself where its code makes a poor one."""
    return str(member.get("name") or re.sub(r"\W", "_", code).upper())


def python_enums(sets: dict[str, Any]) -> str:
    return "".join(_python(sets))


def _python(sets: dict[str, Any]) -> Iterator[str]:
    yield f'"""{_NOTE}"""\n\nfrom vocabulary.words import Code\n'
    yield "\n__all__ = [\n" + "".join(f'    "{class_name(name)}",\n' for name in sorted(sets, key=class_name)) + "]\n"
    for name, document in sets.items():
        yield f'\n\nclass {class_name(name)}(Code):\n    """{document["what"]}"""\n\n'
        for code, member in document["members"].items():
            yield f"    {identifier(code, member)} = {json.dumps(code)}\n"


def typescript_unions(sets: dict[str, Any]) -> str:
    return "".join(_typescript(sets))


def _typescript(sets: dict[str, Any]) -> Iterator[str]:
    yield f"// {_NOTE}\n"
    for name, document in sets.items():
        title = class_name(name)
        yield f"\n/** {document['what']} */\nexport const {title} = {{\n"
        for code, member in document["members"].items():
            yield f"  {identifier(code, member).lower()}: {json.dumps(code)},\n"
        yield f"}} as const;\nexport type {title} = (typeof {title})[keyof typeof {title}];\n"


def typescript_dates() -> str:
    return (
        "// Generated from vocabulary/dates.py by `python -m vocabulary`; not edited by hand.\n\n"
        "/** A year that anything from outside may name, for regular expressions. */\n"
        f"export const YEAR = String.raw`{YEAR}`;\n"
    )


def screen_words(sets: dict[str, Any], language: str, screens: str) -> dict[str, Any]:
    """Messages of the sets that these screens show; ``short`` only for sets that have shorter words."""
    shown = {name: _shown(document["members"], screens) for name, document in sets.items() if screens in document["shown"]}
    return {
        "words": {
            name: {code: member.get("detail", member)[language] for code, member in members.items()}
            for name, members in shown.items()
        },
        "short": {
            name: {code: member.get("short", member)[language] for code, member in members.items()}
            for name, members in shown.items()
            if any("short" in member for member in members.values())
        },
    }


def _shown(members: dict[str, Any], screens: str) -> dict[str, Any]:
    """The members that these screens can meet. Of a large set the phone's say so; the desk gets them all."""
    few = screens != "desk" and any("on" in member for member in members.values())
    return {code: member for code, member in members.items() if not few or member.get("on") == screens}


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
