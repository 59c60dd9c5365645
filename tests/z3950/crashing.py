"""In the place of the process that reads Z39.50: crashes at the first question, as a library in C may."""

import os
import signal
import sys

from gateway.z3950.values import READY

if __name__ == "__main__":
    sys.stdout.buffer.write(READY)
    sys.stdout.flush()
    sys.stdin.buffer.read(4)
    os.kill(os.getpid(), signal.SIGSEGV)
