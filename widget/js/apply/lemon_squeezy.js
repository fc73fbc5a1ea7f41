/**
 * Lemon Squeezy: code and click go along in the address of its checkouts.
 * Grade: from documents. Source: https://docs.lemonsqueezy.com/help/checkout/prefilled-checkout-fields
 */

import { add, linked } from "./links.js";

export const make = (tools) =>
  linked(tools, "a[href*='.lemonsqueezy.com/'][href*='/buy/']", (link, code, token) =>
    add(link, { "checkout[discount_code]": code, "checkout[custom][goodword]": token }),
  );
