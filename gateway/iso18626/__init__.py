"""ISO 18626, the protocol that libraries speak when they lend to each other: a library of its own.

It imports nothing else of this project, and nothing here pulls in aiohttp or xmlschema.
"""
