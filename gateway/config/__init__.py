"""The settings: one TOML file, overridden by the environment, checked as a whole, handed on as values.

`load` gives `Settings` or raises `ConfigError`, which names every mistake at once; `check` looks at the machine as well. May import the pure parts of
`workflow`, `sip2`, `iso18626` and `logs`; nothing here does any work, and nothing below imports this.

sections   what the file may say: one model a table
settings   the whole, and the values that others take
secrets    secrets are named in the file and looked up
keys       a dotted key and what the models say of it
overrides  the environment's part
checks     what two places of the file must agree on
machine    what the files and folders that it names must be like
wording    mistakes in words
loading    from file and environment to Settings
"""

from gateway.config.loading import check, load
from gateway.config.settings import Settings
from gateway.config.wording import ConfigError

__all__ = ["ConfigError", "Settings", "check", "load"]
