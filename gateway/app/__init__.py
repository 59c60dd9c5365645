"""The composition root: the only room that knows everything. Built, started, watched and drained here; nothing is decided here.

`ground` is what exists before anything runs, `building` puts the parts together, `gateway` starts and stops them in order,
`doors` are what the listeners serve, `circulation` and `health` answer for the running whole, `hooks` hear what the libraries
did, and `process` is the life of the process around it.
"""
