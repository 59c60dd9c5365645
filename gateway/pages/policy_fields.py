"""The policy's form: what each column is called, and what belongs into it. Words alone.

tests/pages/test_policy_page.py holds that each column has its place: a form without one would empty it.
"""

from typing import Final

from gateway.pages.record_fields import Field

LINE: Final = (
    Field("name", "Name", "What you call the line."),
    Field("item_types", "Item types"),
    Field("collections", "Collections"),
    Field("branches", "Branches", "Their codes."),
    Field("partners", "Partners", "Short names."),
    Field("groups", "Groups of partners", "Beside partners: either will do."),
    Field("lend", "Lent", kind="check"),
    Field("copy", "Copied", kind="check"),
    Field("reason", "Reason if not", kind="one"),
    Field("days", "Days of a loan, as we expect it", "Empty: as below."),
    Field("renewals", "Renewals at most", "Empty: as the circulation system says."),
    Field("cost.amount", "Price"),
    Field("cost.currency", "Its currency", "Like USD."),
    Field("condition", "Condition", kind="one"),
    Field("embargo_days", "Not until so many days after its purchase"),
    Field("embargo_reason", "Reason until then", kind="one"),
    Field("most_at_once", "At most so many at once", "Loans of one partner."),
    Field("limit_reason", "Reason beyond that", kind="one"),
)
SETTINGS: Final = (
    Field("auto_answer", "Answers without a person", "off, observe, unfilled, supply or both.", kind="one"),
    Field("lend_with_queue", "Lend although others have it on hold", kind="check"),
    Field(
        "loan_days",
        "Days of a loan, as we expect it",
        "Where no line says otherwise. The circulation system sets the date; another one is a task.",
    ),
    Field("delivery_days", "Days until it is sent", "Where nothing is known of the branch's courier."),
    Field(
        "shipping_days",
        "Days of the parcel",
        "From our desk to a partner: what it needs by a day must be there by then.",
    ),
    Field("too_late", "If no copy can be there in time", "retry, unfilled or staff.", kind="one"),
    Field("other_number", "Send it though its number is another", "If title, author and year agree.", kind="check"),
    Field("without_copyright", "A copy asked for under no rule of copyright", "supply, staff or unfilled.", kind="one"),
    Field("note_terms", "Words in a note that a person looks at", "They say which copy will do.", kind="text"),
    Field("max_copies", "Copies asked about, at most"),
    Field("preferences", "What makes a copy better", "The strongest rule first.", kind="text"),
    Field("branch_order", "Branches by nearness", "The nearest to the desk first."),
    Field(
        "transit_days",
        "Days in which branches bring a book",
        "Open days, like MAIN=2. Left out: as the settings say, else as learned.",
    ),
    Field("item_type_order", "Item types by preference", "The cheapest first."),
)
