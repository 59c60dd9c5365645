"""What a peer or a partner may be, how one is written down and read, and what follows from a day. Pure: no store, no socket."""
