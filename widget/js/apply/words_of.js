// What a page says to whoever reads it, for shops that tell of their cart in no other way.

/** What is no part of a cart: scripts, and messages that may name a code just to say that it was refused. */
const NOISE = "script,style,template,noscript,[role=alert],[role=status],[class*=alert],[class*=message],[class*=error],[class*=notice],[class*=toast],goodword-invite,goodword-code";

/** What is said in this place, without all that. */
export function wordsOf(place) {
  const copy = place.cloneNode(true);
  copy.querySelectorAll(NOISE).forEach((one) => one.remove());
  return copy.textContent;
}

/** The numbers that are said in this place, but for those of a code: amounts change when a code is taken, and not when it is refused. */
export const numbersOf = (place, code) => wordsOf(place).toUpperCase().split(String(code).toUpperCase()).join(" ").replace(/\D+/g, " ").trim();

/** Whether the cart that a page shows names this code. */
export const saysCode = ({ body }, code) => !!code && wordsOf(body).toUpperCase().includes(code.toUpperCase());
