"""Passwords whose hashes cost next to nothing. What they cost in a gateway: tests/desk/test_passwords.py."""

from argon2 import PasswordHasher

from gateway.desk.passwords import Passwords

_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_NOBODYS = _HASHER.hash("what nobody's password is compared with")


def cheap_passwords() -> Passwords:
    return Passwords(_HASHER, _NOBODYS)
