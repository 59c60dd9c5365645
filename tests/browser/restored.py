"""A house that was brought back to an earlier time. For tests and screenshots."""

from gateway.demo.acs.collection import demonstration_collection
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.scene import LOAN, Scene
from gateway.demo.stage.stack import Stack


def bring_back(house: Stack) -> Scene:
    """Let a house lend two books, bring it back to an earlier time, and wait for the comparison; give the loan that ended behind its back."""
    loan, _other = _lent(house, "ex000001", "Loaned"), _lent(house, "ex000013", "WillSupply")
    barcode = loan.barcode
    house.gateway.stop()
    house.command("restored", "--to", "2026-01-05T04:00:00Z", "--config", str(house.config))
    house.acs.ask("return", barcode=barcode)
    house.gateway.start()
    wait_for(lambda: house.api.get("/recovery")["compared_at"], "the comparison", watch=house.processes)
    return loan


def _lent(house: Stack, record_id: str, last: str) -> Scene:
    title = next(title for title in demonstration_collection().titles if title.record_id == record_id)
    scene = Scene(house, house.api, {"title": title.title, "oclc": title.oclc})
    names = [name for name, _ in LOAN]
    for _, step in LOAN[: names.index(last) + 1]:
        step(scene)
    return scene
