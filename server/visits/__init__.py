"""Visits and submissions: reading them out of records, when a visit is complete, and visits still being filled in."""
