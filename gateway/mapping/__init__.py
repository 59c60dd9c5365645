"""The only place where an ISO 18626 name and a SIP2 name meet: pure tables and functions.

`inbound` reads messages into events, `outbound` writes what is to be told into messages, `circulation`
turns acts into SIP2 requests and replies into outcomes, `looking` says what a look shows of an act.
"""
