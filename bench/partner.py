"""A partner's system that confirms whatever it is sent: a process of its own, so that the gateway's messages have an end.

    python -m bench.partner 8628

It checks nothing and remembers nothing.
"""

import sys
from datetime import UTC, datetime

from aiohttp import web

from gateway.iso18626.codec import decode
from gateway.iso18626.receipts import confirmation_for


async def confirm(request: web.Request) -> web.Response:
    """OK."""
    decoded = decode(await request.read())
    return web.Response(body=confirmation_for(decoded, datetime.now(UTC)), content_type="application/xml")


def main() -> None:
    """Serve until SIGTERM."""
    application = web.Application()
    application.router.add_post("/iso18626", confirm)
    web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
