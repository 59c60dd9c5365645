"""Asks an OpenID Connect provider who somebody is: authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636, RFC 9700).

    trip.py       a sign-in under way, who came back, and that nobody was proved
    claims.py     what a provider says of somebody, judged; pure
    provider.py   the provider: where to send a browser, and who came back

Who may sign in, and as what, is the desk's to decide.
"""
