"""What the command line does, one module a group of commands.

They talk to the running gateway's API; only `setup` (migrate, check-config, serve) reads the configuration. Each
module adds its commands to the parser (`add`), asks, and prints: words for people, or JSON with --json.
"""
