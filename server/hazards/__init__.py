"""The hazard ledger: life-cycle events, the projection folded from them, and desk actions."""
