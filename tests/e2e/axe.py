"""axe-core in the running page, under our own Content-Security-Policy, and what it found in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

SOURCE = Path(__file__).resolve().parents[2] / "client" / "node_modules" / "axe-core" / "axe.min.js"
SEVERE = {"serious", "critical"}
# Off by default: smallest targets, and for use in direct sun the stricter contrast of 7:1.
TARGETS, STRICT_CONTRAST = {"target-size": {"enabled": True}}, {"color-contrast-enhanced": {"enabled": True}}

# A target under the edge of a fixed bar is only scrolled there: it is looked at again in the middle of the screen.
RUN = """async (rules) => {
  const { violations } = await axe.run(document, { rules, resultTypes: ["violations"] });
  const words = ({ any, all, none }) => [...any, ...all, ...none].map((check) => check.message).join(" ");
  const isSmallInTheMiddle = async (node) => {
    const target = node.target.length === 1 ? document.querySelector(node.target[0]) : null;
    if (target === null) return true;
    target.scrollIntoView({ block: "center", behavior: "instant" });
    const again = await axe.run(target, { runOnly: ["target-size"], rules, resultTypes: ["violations"] });
    return again.violations.length > 0;
  };
  const found = [];
  for (const { id, impact, nodes } of violations) {
    for (const node of nodes) {
      if (id === "target-size" && !(await isSmallInTheMiddle(node))) continue;
      found.push({ rule: id, impact: node.impact ?? impact, where: node.target.join(" "), what: words(node) });
    }
  }
  return found;
}"""


def axe_source() -> str:
    """The script; skips where the client's libraries are not installed."""
    if not SOURCE.is_file():
        pytest.skip("axe-core is not installed; run: python3 scripts/setup.py --npm ci")
    return SOURCE.read_text("utf-8")


def severe_violations(page: Page, source: str, *, strict_contrast: bool = False) -> list[str]:
    """Serious and critical violations on the page as it is, as "rule: where: what"."""
    if not page.evaluate("'axe' in window"):
        # Evaluated by the debugger, which our policy against foreign scripts does not bind.
        page.evaluate(f"(() => {{ {source} }})()")
    rules = TARGETS | (STRICT_CONTRAST if strict_contrast else {})
    found = page.evaluate(RUN, rules)
    return [f"{each['rule']}: {each['where']}: {each['what']}" for each in found if each["impact"] in SEVERE]
