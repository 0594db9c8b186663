"""The registry of standards, compiled once; a release brings its files."""

from __future__ import annotations

import functools

from forms.standards import Standards, load_standards


@functools.cache
def registry() -> Standards:
    """All standards that checklists cite."""
    return load_standards()
