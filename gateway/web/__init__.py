"""What people and their tools see over HTTP: the JSON API, and the listener for operations.

Reads queries, and writes a request only through the one door (`ports.Intake`). Decides nothing: what is possible in
a state is derived from the workflow's table.
"""
