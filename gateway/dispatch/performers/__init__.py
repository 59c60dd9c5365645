"""Those who carry out effects, by whom they talk to. `performing` picks one by the effect's kind.

With the circulation system: `acts` (acts, and looks at what they did), `pool_barcodes` (one for a borrowed item). With other
libraries: `letters`. With several: `vetting` (may a customer's order go out?), `look_ups` (copies and their status).
With nobody: `rota`, `timers`. None of them decides: it reports an event, or asks for more time (`results`).
"""
