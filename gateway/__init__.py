"""ill-gateway: between interlibrary-loan partners (ISO 18626) and a circulation system (SIP2).

The rooms of the house, and which may import which, are listed in ARCHITECTURE.md.
"""

__version__ = "0.1.0"
