"""What people can ask and do, without HTTP: one function a question or an act, typed structs in and out, errors in words.

The JSON API (`web/`), the pages to come and, by way of the API, the commands all speak through here, so that nothing is said twice:

    structs/<topic>.py   what is asked and answered: structs that load msgspec and the workflow alone; commands decode these very ones
    <topic>.py           the functions: `async def show_partner(desk: Desk, caller: Caller, partner: str) -> PartnerShown`
    ports.py             `Desk`: the store, the door of the workflow, the clock, and whatever else they work with
    access.py            roles, rights, and the `Caller`
    errors.py            why something can't be done, in words; web/answers.py has the status of each

A function takes `desk` and `caller`, then each name that stands in the route's path, then `query` (a struct of options) and `body` (a
struct, or an `Upload`), as far as it needs them, and returns a struct or a `Download`. Its annotations are the API's: a row of
`web/api.py` names the function and the right it needs, and the call's decoding and docs/openapi.json follow from them. Its docstring
is the document's description, so it is written for whoever calls.

Decides nothing about a request: that is done through the one door (`Desk.intake`), and what is possible in a state is derived from
the workflow's table. History of what people do beside the workflow (a look at who a customer is, a closed task) is written here, never
by those who speak through here. Knows neither aiohttp nor the web.
"""
