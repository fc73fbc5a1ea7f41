// Checkouts that are only linked to: there is no cart here to be read back, so that nobody says "applied". Links that come later
// are seen to when they are clicked on, before the page hears of it.

/** An adapter that has `rewrite(link, code, token)` see to every link that matches. */
export const linked = ({ document }, selector, rewrite) => {
  let given;
  const see = (link) => {
    try {
      rewrite(link, ...given);
    } catch (error) {
      // The page's link is as it was.
    }
  };
  const clicked = ({ target }) => {
    const link = target.closest && target.closest(selector);
    if (link) see(link);
  };
  return {
    cart: () => ({ is: "linked" }),
    apply(...now) {
      if (!given) document.addEventListener("click", clicked, true);
      given = now;
      document.querySelectorAll(selector).forEach(see);
      return "linked";
    },
  };
};

/** Adds what the address does not say yet: the shop's own word stays. */
export function add(link, values) {
  const url = new URL(link.href);
  for (const [name, value] of Object.entries(values)) if (value && !url.searchParams.has(name)) url.searchParams.set(name, value);
  if (url.href != link.href) link.href = url.href;
}
