"""A circulation system (ACS) with fictional data, over SIP2.

Imports nothing of ours, not even the protocol library, so that client and server can't share a mistake.
"""
