"""The play: gateway, circulation system and partner as processes, and the steps of a loan, for demonstration and tests."""
