// The share panel in plain JavaScript: the offer, the link, and the ways to send it.

import { ask } from "./ask.js";
import { canShare, channelUrl, share } from "./page.js";
import { button, el, field, fill, keyFor, on, refill, short, soFar, thing, worth } from "./plain.js";
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
  const link = (channel) => referrer.link + "?c=" + [channel, page.variant, page.place].join("-");
  const message = letter(offer, referrer, page.achievement);
  refill(
    place,
    ...headline(offer, referrer),
    ...soFar(referrer.referrals_so_far),
    ...field(referrer.link, link("copy"), "link", "copy", () => shared("copy")),
    channels(referrer, link, shared, message),
    ...(more ? more(offer, referrer) : []),
  );
}

function channels(referrer, link, shared, message) {
  const row = el("div", { className: "channels", part: "channels" });
  const text = (channel) => message(channel, link(channel));
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

/** Which sentence tells of a reward, whether it is as much as the discount, and the amount, the thing or the points. */
function earned(reward) {
  const { kind, value, quantity } = reward;
  const what = thing(reward);
  const points = !what && quantity;
  const same = !points && !what && value.rule == "match_discount";
  const gets = what || (points ? String(quantity) : same ? "" : worth(value));
  const leads = /credit$/.test(kind) ? ["leadFixed", "leadPercent", "leadSame"] : ["leadGet", "leadShare", "leadSameGet"];
  const lead = points ? "leadPoints" : what ? "leadGet" : leads[{ fixed: 0, percent: 1 }[value.rule] ?? 2];
  return [lead, same, gets];
}

function headline({ discount, reward }, referrer) {
  const [lead, same, gets] = earned(referrer.reward || reward);
  const words = fill(worth(discount), gets);
  return [
    title(...words(lead == "leadPoints" ? "titlePoints" : same ? "titleGiveSame" : "titleGive")),
    el("p", { className: "lead" }, ...words(keyFor(discount, lead))),
  ];
}

/**
 * The message as it goes out on a channel: why, what friends get, the link, and what the customer gets, which has to be said
 * wherever a friend reads it.
 */
function letter({ name, discount, reward }, referrer, achievement) {
  const [lead, , gets] = earned(referrer.reward || reward);
  const values = [short(name), worth(discount)];
  const say = (key, ...into) => word(key, into.find((value) => /^\d+$/.test(value))).replace(/\{(\d)\}/g, (_, at) => into[at] || "");
  const why = achievement || say("say", ...values);
  const offer = say(keyFor(discount, "sayOffer"), ...values);
  const own = { gift_card: "sayCard", donation: "sayDonation" }[(referrer.reward || reward).kind];
  const disclosure = say((lead == "leadGet" && own) || lead.replace("lead", "say"), "", gets);
  const from = referrer.referrer.name;
  return (channel, link) => {
    if (/^(sms|x)$/.test(channel)) return [say(keyFor(discount, "sayShort"), ...values), link, disclosure].join(" ");
    if (channel == "email") return [why, offer + " " + link, disclosure, ...(from ? [short(from)] : [])].join("\n\n");
    return [why, offer, link, disclosure].join(" ");
  };
}
