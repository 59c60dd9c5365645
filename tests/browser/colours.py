"""Looks with axe-core at the contrast of those texts of a page that have colours unlike any that have passed.

Whether a text can be read follows from its own colour, size and weight, and from what is behind it: of these a page has some twenty
combinations, and all pages together a hundred. What axe itself has measured and passed need not be measured again, as long as all of it
is the same. What lies over what, axe looks at in the light, on each page.
"""

from typing import Final

from playwright.sync_api import Page

COLOURS: Final = """async (passed) => {
    const TEXT = ["color", "fontSize", "fontWeight", "textShadow", "webkitTextFillColor", "webkitTextStrokeColor"];
    const BEHIND = ["backgroundColor", "backgroundImage", "backgroundClip", "opacity", "mixBlendMode", "position", "float", "clipPath"];
    const NOTHING = "rgba(0, 0, 0, 0) none border-box 1 normal static none none";
    const CLIPPED = "inset(50%)";
    const seen = new Set(passed);
    const told = (element, names) => {
        const style = getComputedStyle(element);
        return names.map((name) => style[name]).join(" ");
    };
    const stacks = new Map([[null, ""]]);
    const behind = (element) => {
        if (!stacks.has(element)) {
            const own = told(element, BEHIND);
            stacks.set(element, behind(element.parentElement) + (own === NOTHING ? "" : `; ${own}`));
        }
        return stacks.get(element);
    };
    const colours = (element) => told(element, TEXT) + behind(element);
    const isSeen = (element) => element.checkVisibility() && element.getBoundingClientRect().right > 0 && !behind(element).includes(CLIPPED);
    const hasText = (element) => element.matches("input, select, textarea")
        || element.textContent.trim().length > 1 && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const unlike = [...document.querySelectorAll("body, body *")]
        .filter((element) => hasText(element) && isSeen(element) && !seen.has(colours(element)));
    if (unlike.length === 0) return { faults: [], passed: [] };
    const only = { runOnly: ["color-contrast", "link-in-text-block"], resultTypes: ["violations", "passes"], elementRef: true };
    const { violations, passes } = await axe.run({ include: unlike }, only);
    const measured = passes.filter((rule) => rule.id === "color-contrast").flatMap((rule) => rule.nodes)
        .filter((node) => node.any.some((check) => check.data?.contrastRatio));
    return {
        faults: violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`)),
        passed: [...new Set(measured.map((node) => colours(node.element)))],
    };
}"""
"""A text and all that is behind it, as one line, must have passed, or axe looks at it. What passes without being measured has not passed,
and is looked at again. Of what can't be seen, and of a single sign, axe has no opinion.
"""


def contrast_faults(page: Page, passed: set[str]) -> list[str]:
    """Give what can't be read, with the elements; add to what has passed."""
    told = page.evaluate(COLOURS, list(passed))
    passed.update(told["passed"])
    found: list[str] = told["faults"]
    return found
