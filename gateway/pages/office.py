"""The pages of the office: orders, partners and peers, policy, pool, settings, help. A part of the table in `site.py`."""

from typing import Final

from gateway.desk.access import Right
from gateway.pages import orders
from gateway.pages.table import Page

# fmt: off
OFFICE: Final = (
    Page("GET",  "/orders/new",  Right.ACT, orders.show_form),
    Page("POST", "/orders/new",  Right.ACT, orders.take_form),
    Page("GET",  "/orders/list", Right.ACT, orders.show_list),
    Page("POST", "/orders/list", Right.ACT, orders.take_list),
)
# fmt: on
