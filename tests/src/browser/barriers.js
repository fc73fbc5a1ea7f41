// Runs after axe-core in every page that is judged: what axe says of one element and of all in its shadow, and what it
// does not ask, in lines for people.
window.__barriers = async (name) => {
  const host = document.querySelector(name);
  // A page of the edge's own has no shadow.
  const shadow = host.shadowRoot ?? document;
  const told = [];
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
  const { violations, incomplete, passes } = await axe.run(name, {
    runOnly: { type: "tag", values: tags },
    rules: {
      // A button in a corner is no region of somebody else's page.
      region: { enabled: false },
      // Forced colours are the person's own; axe reads what fills the letters, which Chromium does not tell as it forces it.
      "color-contrast": { enabled: !matchMedia("(forced-colors: active)").matches },
    },
  });
  for (const { id, nodes } of [...violations, ...incomplete]) {
    for (const { target, any, all, none } of nodes) {
      told.push(`${id} at ${target.flat().join(" ")}: ${[...any, ...all, ...none].map((it) => it.message).join("; ")}`);
    }
  }
  // Nobody was judged where nothing was seen.
  if (!passes.length) told.push("axe found nothing to judge");
  const seen = (it) => it.checkVisibility();
  for (const place of [...shadow.querySelectorAll("dialog[open], .sheet, .banner")].filter(seen)) {
    if (place.scrollWidth > place.clientWidth + 1) told.push(`${place.className || place.localName} scrolls sideways`);
  }
  for (const control of [...shadow.querySelectorAll("button, a, input, textarea, summary")].filter(seen)) {
    if (shadow.querySelector("dialog[open]") && !control.closest("dialog")) continue;
    control.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = control.getBoundingClientRect();
    const what = control.outerHTML.slice(0, 90);
    if (width < 24 || height < 24) told.push(`${width} by ${height}: ${what}`);
    if (left < 0 || left + width > innerWidth) told.push(`beside the screen: ${what}`);
    const hit = shadow.elementFromPoint(left + width / 2, top + height / 2);
    if (!control.contains(hit)) told.push(`behind ${hit && hit.outerHTML.slice(0, 60)}: ${what}`);
  }
  return told;
};
