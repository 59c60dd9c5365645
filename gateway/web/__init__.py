"""What people and their tools see over HTTP: the JSON API, and the listener for operations.

Routes, status codes and decoding; what is asked and done is `desk`'s. Reads nothing of the store and writes nothing by itself.
"""
