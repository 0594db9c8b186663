"""Pairings: the dated duty ledger of who looks after which subject, visit frequency rules, and what that lets a person see."""
