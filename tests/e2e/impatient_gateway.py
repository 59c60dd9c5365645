"""A gateway that believes a partner at once that it doesn't know a request: `python -m tests.e2e.impatient_gateway serve --config FILE`.

A gateway of a library gives the partner a minute to learn of it (tests/dispatch/performers/test_performing.py shows it).
"""

import sys
from datetime import timedelta
from unittest import mock

from gateway import cli
from gateway.dispatch.performers import letters

if __name__ == "__main__":
    with mock.patch.object(letters, "UNKNOWN_ID_GRACE", timedelta()):
        sys.exit(cli.main())
