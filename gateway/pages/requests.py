"""The pages of one request and of tasks. A part of the table in `site.py`."""

from typing import Final

from gateway.desk.access import Right
from gateway.desk.copies import MOST_BYTES
from gateway.pages import one_request, tasks
from gateway.pages.table import Page

# fmt: off
REQUESTS: Final = (
    Page("GET",  "/requests/{request}",                    Right.READ,   one_request.show),
    Page("POST", "/requests/{request}/acts/{action}",      Right.ACT,    one_request.act, MOST_BYTES),
    Page("GET",  "/requests/{request}/copy",               Right.ACT,    one_request.give_copy),
    Page("GET",  "/requests/{request}/acts/{action}",      Right.READ,   one_request.lead_back),
    Page("GET",  "/requests/{request}/customer",           Right.READ,   one_request.lead_back),
    Page("GET",  "/requests/{request}/try-now",            Right.READ,   one_request.lead_back),
    Page("POST", "/requests/{request}/customer",           Right.REVEAL, one_request.reveal),
    Page("POST", "/requests/{request}/try-now",            Right.ACT,    one_request.try_now),
    Page("GET",  "/requests/{request}/messages/{line}",    Right.READ,   one_request.show_raw),
    Page("GET",  "/requests/{request}/papers/{paper}.pdf", Right.READ,   one_request.show_paper),
    Page("POST", "/requests/{request}/works",              Right.ACT,    one_request.look_up_work),
    Page("GET",  "/requests/{request}/works",              Right.READ,   one_request.lead_back),
    Page("GET",  "/tasks",                                 Right.READ,   tasks.show),
    Page("GET",  "/tasks/closed",                          Right.READ,   tasks.show_closed),
    Page("GET",  "/tasks/settle",                          Right.READ,   tasks.lead_back),
    Page("GET",  "/tasks/{task}/open",                     Right.READ,   tasks.lead_back),
    Page("GET",  "/tasks/{task}/done",                     Right.READ,   tasks.lead_back),
    Page("POST", "/tasks/settle",                          Right.ACT,    tasks.settle),
    Page("POST", "/tasks/{task}/open",                     Right.ACT,    tasks.open_task),
    Page("POST", "/tasks/{task}/done",                     Right.ACT,    tasks.close),
)
# fmt: on
