"""Every benchmark, one after the other: `python -m bench`, two hours on two cores, most of it to fill stores. Each runs alone as well."""

import subprocess
import sys

BENCHMARKS = (
    "codec",
    "policy",
    "papers",
    "store_commits",
    "claims",
    "accept",
    "steps",
    "loan",
    "borrow",
    "both",
    "figures",
    "facts",
    "intake",
    "desk",
    "pages",
    "people",
    "growth",
    "upkeep",
    "answer",
    "ladder",
    "rota",
)


def main() -> int:
    """Run them all; the number of those that failed."""
    return sum(
        subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode != 0 for name in BENCHMARKS
    )


if __name__ == "__main__":
    sys.exit(main())
