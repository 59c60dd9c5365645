"""Print the API's description of itself: `python -m gateway.web > docs/openapi.json`."""

import sys

from gateway.web.api import openapi

if __name__ == "__main__":
    sys.stdout.write(openapi())
