"""What goes on paper: packing slips, labels, straps, routing slip and pull list, as plain text.

Pure functions of records; may import workflow's records and the code lists alone. A customer's name
stands on nothing that leaves the house.
"""

from gateway.documents.borrowed import borrowed_strap, return_label, return_slip
from gateway.documents.layout import WIDTH
from gateway.documents.lists import Pull, pull_list, shelf_key, to_pull
from gateway.documents.slips import label, packing_slip, routing_slip, strap

__all__ = [
    "WIDTH",
    "Pull",
    "borrowed_strap",
    "label",
    "packing_slip",
    "pull_list",
    "return_label",
    "return_slip",
    "routing_slip",
    "shelf_key",
    "strap",
    "to_pull",
]
