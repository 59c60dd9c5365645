"""What a customer's order may look like: an OpenURL (`openurl`), a line of a list (`request_list`), or fields; each read into a `citation`.

Pure, and nothing that is told of a form quotes it.
"""
