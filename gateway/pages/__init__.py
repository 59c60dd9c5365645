"""What staff see in a browser: pages rendered on the server, on the functions of `desk/`.

    site.py         the application: the table of pages, each with the right it needs, and what guards them all
    table.py        a row of that table; office.py, people.py, … its parts
    visit.py        one request of a browser: who asks, what is read of it, how it is answered
    settings.py     how the site is reached
    guards.py       hosts, origins, the form's token, response headers
    bodies.py       how large a form may be, looked at before it is taken apart
    forms.py        fields of a form as a struct; what is wrong stands at its field
    rendering.py    Jinja2: templates/, the filters, what every page is given
    facets.py       which values of a filter are shown at once
    words.py        times, days and counts as people write them
    frame.py        what stands around every page; navigation.py: what stands on its left
    troubles.py     what went wrong, as a page
    live.py         news for pages that are open while others work
    assets.py       style sheet and scripts, each under an address that changes with its content
    <screen>.py     one module a screen: sign_in, today, …

A page's function takes a `Visit` and returns a response. It asks the desk, and puts what it gets into a template; it decides
nothing, and writes nothing but through the desk. Each form works without a script; with one, htmx swaps fragments of the same pages.
Knows of ours the desk, settings, metrics, logs, the listener and the clock.
"""
