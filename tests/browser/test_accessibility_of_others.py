"""Pages for everybody who is no technician, as test_accessibility.py looks at them: those that are made otherwise for them.

A file of its own, since both take minutes of a browser's work: two run side by side.
"""

import pytest

from tests.browser.conftest import SignIn
from tests.browser.test_accessibility import (
    COMPARED_WITH,
    Lived,
    axe,
    house,
    lived,
    made_otherwise,
    nothing_keeps_out,
    opened,
)

__all__ = ["axe", "house", "lived"]


@pytest.mark.parametrize("name", COMPARED_WITH)
def test_nothing_keeps_anybody_out(sign_in: SignIn, lived: Lived, axe: str, name: str):
    page = opened(sign_in, name, axe)
    nothing_keeps_out(page, axe, made_otherwise(page, name, lived, sign_in))
