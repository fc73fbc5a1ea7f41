// The share panel in plain JavaScript: the offer, the link, and the ways to send it.

import { ask } from "./ask.js";
import { canShare, channelUrl, share } from "./page.js";
import { button, el, field, fill, keyFor, on, refill, worth } from "./plain.js";
import { word } from "./words.js";

/** Asks for the offer and the referrer, with a fresh token where the old one has expired. */
export async function askBoth(page) {
  const program = page.program || ask(page, "");
  const enrol = () => ask(page, "/referrers", { customer_token: page.customer });
  let referrer = page.referrer || enrol();
  page.program = page.referrer = undefined;
  try {
    referrer = await referrer;
  } catch (problem) {
    if (problem.code != "customer_token_expired" || !(await page.renew())) throw problem;
    referrer = await enrol();
  }
  return [await program, referrer];
}

/** Fills `place` with the panel, or with an apology; resolves to the offer and the referrer once there is something to share. */
export async function sharePanel(place, page, more) {
  const waiting = el("div", { className: "skeleton", role: "status" }, el("span", { className: "hush" }, word("loading")));
  refill(place, title(word("title")), waiting);
  let offer;
  let referrer;
  try {
    [offer, referrer] = await askBoth(page);
  } catch (problem) {
    page.emit("error", "code", problem.code || "unreachable");
  }
  if (!referrer || !referrer.link || !offer.active) {
    const again = button(word("retry"), "primary", () => sharePanel(place, page, more));
    again.part = "retry";
    const sorry = el("p", { className: "hint" }, word("unavailableHint"));
    return waiting.replaceWith(el("div", { className: "unavailable", role: "status" }, el("strong", {}, word("unavailable")), sorry, again));
  }
  const shared = (channel) => {
    page.report("shared", channel);
    page.emit("shared", "channel", channel);
  };
  const link = (channel) => referrer.link + "?c=" + channel + "-0-" + page.place;
  refill(
    place,
    ...headline(offer),
    ...field(referrer.link, link("copy"), "link", "copy", () => shared("copy")),
    channels(referrer, link, shared),
    ...(more ? more(offer, referrer) : []),
  );
}

function channels(referrer, link, shared) {
  const row = el("div", { className: "channels", part: "channels" });
  const text = (channel) => referrer.message.replace("{link}", () => link(channel));
  for (const name of referrer.channels || []) {
    if (name == "native" && canShare()) {
      const native = button(word(name), "channel", () => share(text(name)).then((done) => done && shared(name)));
      native.part = "channel";
      row.append(native);
    } else if (channelUrl(name, "", "", "")) {
      const href = channelUrl(name, text(name), link(name), word("subject"));
      const a = el("a", { className: "channel", part: "channel", href, target: "_blank", rel: "noopener" }, word(name));
      a.dataset.channel = name;
      on(a, "click", () => shared(name));
      row.append(a);
    }
  }
  return row;
}

const title = (...says) => el("h2", { tabIndex: -1, part: "title" }, ...says);

function headline({ discount, reward }) {
  const { kind, value, description, quantity } = reward;
  const thing = /^(free_.*|upgrade|custom)$/.test(kind) && description;
  const same = value.rule == "match_discount";
  const words = fill(worth(discount), quantity || thing || (same ? "" : worth(value)));
  const leads = /credit$/.test(kind) ? ["leadFixed", "leadPercent", "leadSame"] : ["leadGet", "leadShare", "leadSameGet"];
  const lead = leads[{ fixed: 0, percent: 1 }[value.rule] ?? 2];
  return [
    title(...words(quantity ? "titlePoints" : same ? "titleGiveSame" : "titleGive")),
    el("p", { className: "lead" }, ...words(keyFor(discount, quantity ? "leadPoints" : lead))),
  ];
}
