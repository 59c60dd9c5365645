"""How templates escape what they write: as markupsafe does, but what has nothing to escape is written as it is.

A list of fifty has fifteen hundred such texts. markupsafe makes each a Markup, so that nobody escapes it twice (0.6 µs); what a template
writes is joined at once, so a look through it will do (0.2 µs).
"""

import re
from typing import Final

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import escape

_TO_ESCAPE: Final = re.compile("[&<>'\"]").search
_NAME: Final = "as_written"


def as_written(value: object) -> str:
    """Return a value as HTML shows it."""
    return value if type(value) is str and _TO_ESCAPE(value) is None else escape(value)


class EscapingCode(CodeGenerator):
    """What Jinja makes of a template, with the function above in place of markupsafe's."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"environment.filters[{_NAME!r}](")


def escape_so(environment: Environment) -> None:
    """Let an environment's templates, which are compiled from now on, escape so."""
    environment.code_generator_class = EscapingCode
    environment.filters[_NAME] = as_written
