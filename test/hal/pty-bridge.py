"""A pseudo-terminal whose other end is stdin and stdout: prints its path on stderr, then copies both ways.

The terminal side is kept open here, as the host side of a pseudo-terminal fails while nobody has it open, and is made
raw, as line discipline would eat bytes. Ends with stdin.
"""
import os
import pty
import select
import sys
import tty

host, terminal = pty.openpty()
tty.setraw(terminal)
print(os.ttyname(terminal), file=sys.stderr, flush=True)
while True:
    for ready in select.select([host, 0], [], [])[0]:
        data = os.read(ready, 65536)
        if not data:
            sys.exit(0)
        target = 1 if ready == host else host
        while data:
            data = data[os.write(target, data):]
