// What both kinds of views need from the browser and would otherwise write twice: numbers and dates in the shopper's
// language, the clipboard, the share sheet.

let locale;

/** How amounts of a currency, percentages and days are written: a slow phone takes longer to make one than to draw a view. */
const formats = new Map();

const format = (name, Format, options) => {
  const key = name + " " + locale;
  if (!formats.has(key)) formats.set(key, new Format(locale, options));
  return formats.get(key);
};

/** Numbers and dates are written in this language; the browser's own where it is none. */
export function setLocale(tag) {
  try {
    locale = Intl.getCanonicalLocales(tag)[0];
  } catch (error) {
    locale = undefined;
  }
}

/** `€5`, `€4.50`, `¥500`: minor units with as many decimals as their currency has, and none when they are zero. */
export function money(minor, currency) {
  try {
    const made = format(currency, Intl.NumberFormat, { style: "currency", currency, trailingZeroDisplay: "stripIfInteger" });
    return made.format(minor / 10 ** made.resolvedOptions().maximumFractionDigits);
  } catch (error) {
    return minor + " " + currency;
  }
}

/** `15%` from 1500 basis points. */
export const percent = (basisPoints) => format("%", Intl.NumberFormat, { style: "percent", maximumFractionDigits: 2 }).format(basisPoints / 10000);

/** `24 Nov` from Unix milliseconds. */
export const day = (at) => format("day", Intl.DateTimeFormat, { day: "numeric", month: "short" }).format(at);

/** True when there is a share sheet. */
export const canShare = () => !!navigator.share;

/** Opens the share sheet: to be called inside the click. True when the message was handed over. */
export const share = (text) =>
  navigator.share({ text }).then(
    () => true,
    () => false,
  );

/** How the module is called that draws: by one `#` more after each that did not come, as in `views.js`. */
let drawer = "show_qr.js";

/** Shows a QR code of `link` below the row that this tile is in, or takes it away again. Resolves to true when it was drawn. */
export async function toggleQr(tile, link, name, hint, sorry) {
  const shown = tile.shown;
  tile.setAttribute("aria-expanded", !shown);
  tile.shown = shown ? shown.remove() : document.createElement("div");
  if (shown) return false;
  const place = tile.shown;
  place.className = "shown";
  place.setAttribute("role", "status");
  tile.parentNode.after(place);
  try {
    // It lies beside this file.
    const { draw } = await import(new URL(drawer, import.meta.url));
    await draw(place, link, name, hint);
    return true;
  } catch (error) {
    drawer += "#";
    place.textContent = sorry;
    return false;
  }
}

/** Copies `text`. Where the clipboard is closed, it selects the field that shows it, and false says so. */
export async function copy(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    field.focus();
    field.select();
    try {
      return document.execCommand("copy");
    } catch (closed) {
      return false;
    }
  }
}

/** Whether the focus is in this place: asked before what is in it is made anew. */
export const holdsFocus = (place) => place.matches(":focus-within");

/** Gives the focus to what is in this place now. Not to a button: a key that is still held would press it. */
export const takeFocus = (place) => {
  const taker = place.querySelector("[tabindex]");
  if (taker) taker.focus();
};

/**
 * Where a click on this channel leads, with the message in it. Those that ask for the link by itself put it before what is
 * said, so that it is taken out of there.
 */
export function channelUrl(channel, text, link, subject) {
  const body = encodeURIComponent(text);
  const url = encodeURIComponent(link);
  const rest = encodeURIComponent(text.split(link).map((part) => part.trim()).join(" ").trim());
  return {
    __proto__: null,
    whatsapp: "https://wa.me/?text=" + body,
    sms: "sms:?&body=" + body,
    email: "mailto:?subject=" + encodeURIComponent(subject) + "&body=" + body,
    telegram: "https://t.me/share/url?url=" + url + "&text=" + rest,
    x: "https://x.com/intent/post?text=" + body,
    facebook: "https://www.facebook.com/sharer/sharer.php?u=" + url + "&quote=" + rest,
    linkedin: "https://www.linkedin.com/feed/?shareActive=true&text=" + body,
  }[channel];
}

/** A signal that ends a request after eight seconds, where the browser has it. */
export const limit = () => (AbortSignal.timeout ? AbortSignal.timeout(8000) : undefined);
