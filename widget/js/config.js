// What the tag says, read once. `src` gives the edge's address, everything else is a `data-*` attribute;
// widget/src/config.rs describes each.

/** Where the resources of a program are. */
export const apiOf = (base, program) => base + "v1/programs/" + program;

/** The configuration of this page, or nothing when the tag lacks what is needed. */
export function readConfig(script) {
  const { program, customer, placement, theme, consent, locale, label } = script.dataset;
  if (!program || !script.src) return;
  const base = new URL(".", script.src).href;
  // Whoever asks all pages for privacy is not asked again, unless they have told this one otherwise.
  const strict = consent == "strict" || (navigator.globalPrivacyControl && consent != "full");
  return {
    program,
    base,
    /** Where the rest of the widget is: a folder that is called by the hash of all that is in it. */
    files: base + __FILES__,
    api: apiOf(base, program),
    customer,
    placement,
    theme,
    locale: locale || document.documentElement.lang,
    label,
    /** Nothing may be stored, and the address bar stays as it is. */
    strict,
    /** Where something may be kept. Nowhere under strict consent, and to ask may fail: then it throws when it is used. */
    store: () => (strict ? 0 : consent == "full" ? localStorage : sessionStorage),
    // Beside these: `shop`, how the page puts a code into its cart, once it has told us.
  };
}
