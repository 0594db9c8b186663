"""Scores and rates: per-subject aggregates kept by RQ jobs, rolled up by town, department and sector, and drilled down."""
