// The script tag, for pages that are bundled: the widget itself comes from the edge, always in the edge's version.

/**
 * Puts the widget's tag into the page, once, and answers with its function, which can be called at once. What it answers
 * is a promise that never rejects; it is nothing where there is no page, and where the script cannot be had.
 */
export function load({ src, nonce, ...attributes }) {
  if (typeof document == "undefined") return async () => undefined;
  const queue = [];
  let lost = false;
  if (!window.goodword) {
    const wait = (resolve, call) => (lost ? resolve() : queue.push([resolve, call]));
    window.goodword = (...call) => new Promise((resolve) => wait(resolve, call));
    window.goodword.q = queue;
  }
  if (!document.querySelector("script[data-program]")) {
    const script = document.createElement("script");
    script.onerror = () => {
      lost = true;
      for (const [resolve] of queue.splice(0)) resolve();
    };
    script.async = true;
    script.src = src;
    if (nonce) script.nonce = nonce;
    for (const name of Object.keys(attributes)) {
      if (attributes[name]) script.dataset[name] = attributes[name];
    }
    document.head.append(script);
  }
  return async (...call) => window.goodword(...call);
}
