"""Style sheet and scripts: what is not ours is what we say it is, and what changes has another address."""

import hashlib
import re

from gateway.pages.assets import STATIC, address_of, assets
from gateway.pages.rendering import TEMPLATES

ROW = re.compile(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", re.MULTILINE)


def test_files_of_others_are_those_that_the_list_names():
    listed = ROW.findall((STATIC / "README.md").read_text())
    assert {name for name, _ in listed} == {name for name in assets() if ".min." in name}
    for name, digest in listed:
        assert hashlib.sha256(assets()[name].content).hexdigest() == digest


def test_an_address_changes_with_the_content():
    asset = assets()["desk.css"]
    assert asset.digest[:16] in address_of("desk.css")
    assert hashlib.sha256(asset.content).hexdigest() == asset.digest


def test_what_only_people_need_is_not_sent():
    sent = read = 0
    for name, asset in assets().items():
        written = (STATIC / name).read_bytes()
        if name.endswith((".css", ".js")) and ".min." not in name:
            sent, read = sent + len(asset.content), read + len(written)
            assert not re.search(rb"^ |^//|/\*|\n\n", asset.content, re.MULTILINE), name
        else:
            assert asset.content == written
    assert sent < read * 0.9, "together: a short script may have no comment"


def test_the_style_sheet_is_sent_with_its_strings():
    string = re.compile(rb'"[^"]*"')
    written = re.sub(rb"/\*.*?\*/", b"", (STATIC / "desk.css").read_bytes(), flags=re.DOTALL)
    assert string.findall(assets()["desk.css"].content) == string.findall(written)
    assert b'content:attr(data-label) ": "' in assets()["desk.css"].content


def test_no_text_in_a_script_has_several_lines():
    """The blanks that begin its lines would not be sent."""
    for path in STATIC.glob("*.js"):
        if ".min." not in path.name:
            assert [line for line in path.read_text().splitlines() if line.count("`") % 2] == [], path.name


def test_nothing_is_fetched_from_elsewhere():
    for asset in assets().values():
        if ".min." not in asset.name:
            assert not re.search(rb"(?:url\(|from |import\()\s*[\"']?(?:https?:)?//", asset.content), asset.name


def test_no_two_scripts_of_a_page_give_one_name_to_two_things():
    """What stands at the top of a script that is no module belongs to all of them."""
    named = re.compile(rb"^(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)
    layout = (TEMPLATES / "layout.html").read_text()
    modules = set(re.findall(r"asset\('(\w+\.js)'\) }}\" type=\"module\"", layout))
    scripts = [path for path in STATIC.glob("*.js") if ".min." not in path.name and path.name not in modules]
    names = [found for path in scripts for found in named.findall(path.read_bytes())]
    assert modules == {"live.js"}
    assert sorted(set(names)) == sorted(names)
