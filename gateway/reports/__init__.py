"""Figures from history: pure functions, each with its definition beside it. Knows no store: what was counted comes in."""
