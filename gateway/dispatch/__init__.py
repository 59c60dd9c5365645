"""From a decision to what it asks for, and back: one door in (`intake`), one queue out (`outbox`).

`receiving` brings peers' messages to the door, `performers` carry out effects and report by events,
`planning` gives each effect its lane and its time, `directory` is who and what we know.
"""
