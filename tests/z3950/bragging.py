"""In the place of the process that reads Z39.50: promises a reply of 2 GB."""

import sys

from gateway.z3950.values import READY

if __name__ == "__main__":
    sys.stdout.buffer.write(READY)
    sys.stdout.flush()
    sys.stdin.buffer.read(4)
    sys.stdout.buffer.write((2**31).to_bytes(4, "big"))
    sys.stdout.flush()
    sys.stdin.buffer.read()
