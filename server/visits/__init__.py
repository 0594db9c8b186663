"""Visits and submissions: intake of what phones push, and what phones pull."""
