"""A broker for the tests: it does what shared/iso18626's open broker was seen to do, and no more.

It stands between one who asks and a rota of suppliers, in two modes: opaque (it is the other side in every header, and names
the supplier in words) and transparent (headers name the libraries themselves). It refuses a request whose id it has, sends
nothing again, lets no Notification move anything but the answer to a condition, and its own requester (reader.py) reads items
from `#MultipleItems#` alone. An action for the supplier's own symbol is that supplier's: after Cancel it asks the next.

    python -m tests.fakes.broker settings.json      # a process; its books lie in a file, so that it can be killed
"""
