"""Finding copies: look-up keys, the local item list.

May import workflow's records alone of the rest of the project; the store that holds the list is passed in.
"""

from gateway.catalogue.finder import FindByKeys, ItemListFinder
from gateway.catalogue.item_list import Import, RowProblem, read_csv, read_json
from gateway.catalogue.keys import KeyKind, KeyProblem, Keys, examine, keys_of, make_key, make_keys
from gateway.standard_numbers import BadIdentifierError

__all__ = [
    "BadIdentifierError",
    "FindByKeys",
    "Import",
    "ItemListFinder",
    "KeyKind",
    "KeyProblem",
    "Keys",
    "RowProblem",
    "examine",
    "keys_of",
    "make_key",
    "make_keys",
    "read_csv",
    "read_json",
]
