"""Checklists: versions that are immutable by content hash, the drafts they are made of, and the standards they cite."""
