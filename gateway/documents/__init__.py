"""What goes on paper: packing slip, strap, routing slip and pull list, as plain text.

Pure functions of records; may import workflow's records and the code lists alone. Never a customer's name.
"""

from gateway.documents.layout import WIDTH
from gateway.documents.lists import Pull, pull_list, shelf_key, to_pull
from gateway.documents.slips import packing_slip, routing_slip, strap

__all__ = ["WIDTH", "Pull", "packing_slip", "pull_list", "routing_slip", "shelf_key", "strap", "to_pull"]
