"""Demonstration, training and tests: a circulation system (ACS) and a partner library, both with fictional data.

May import the two protocol libraries; the ACS does without even them, so that client and server cannot share a mistake.
"""
