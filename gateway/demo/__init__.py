"""Demonstration, training and tests, all with fictional data: `acs`, `partner`, and the `stage` on which both play.

`acs` and `partner` know nothing of each other; `stage` starts them as processes and knows the collection of the `acs` alone.
"""
