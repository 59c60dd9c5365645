"""In the place of the process that reads Z39.50: crashes at the first question, as a library in C may."""

import os
import signal
import sys

if __name__ == "__main__":
    sys.stdin.buffer.read(4)
    os.kill(os.getpid(), signal.SIGSEGV)
