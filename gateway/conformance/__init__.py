"""What a partner's test endpoint accepts, refuses and repairs: plain probes, and a conversation with us as requester.

For test endpoints alone: it makes requests, reports receipts and returns that never were, and cancels. It needs no running
gateway and no store. `letters` and `probes` say what is sent, `findings` what an answer means (all pure); `run` posts
and listens; the command is in `commands.conformance`.
"""
