"""Rescue files: what a phone that cannot send any more had left, imported by the office."""
