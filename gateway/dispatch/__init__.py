"""From a decision to what it asks for, and back: one door in (`intake`), one queue out (`outbox`).

To the door: `receiving` brings peers' messages (new ones by `admitting`), `asking` our customers' orders; `naming` and `by_hand` say what
a person means, `planning` gives each effect its lane and its time. From the queue: `performing` hands an effect to one of `performers`,
which reports a result; `lanes`, `backoff` and `clock_steps` say when what has to wait goes on. Beside them: `acs` speaks to the
circulation system, `directory` is who and what we know, `appraisal` and `trial` say what a request would be answered with,
`reconcile` compares both sides.
"""
