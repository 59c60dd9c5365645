"""What is asked and answered at the desk, one module a topic: values alone, for whoever speaks with it, in this process or over HTTP.

They load msgspec and the workflow's values and no more (tests/test_imports.py), so that a command starts at once. The JSON API sends
exactly these, commands decode them, and `docs/openapi.json` is derived from them: a released field is never renamed.
"""
