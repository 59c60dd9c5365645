"""Where one button of a form does an act, the form itself says which; in a form of several acts each button does."""

import re
from pathlib import Path

import pytest

import gateway

TEMPLATES = sorted((Path(gateway.__path__[0]) / "pages/templates").glob("*.html"))
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
BUTTON_OF_AN_ACT = re.compile(r"<button\b[^>]*\bdata-act=")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_form_of_one_act_says_which_it_is(template: Path):
    forms = FORM.findall(template.read_text())
    assert [form for form in forms if form.count("<button") == 1 and BUTTON_OF_AN_ACT.search(form)] == []
