"""A made-up ILL department's month, played through the gateway's own rooms on a clock that is moved: `python -m bench.month`."""
