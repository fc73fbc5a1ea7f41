// The views without WebAssembly: the same places, classes and words, and only what a person needs to share or to be
// invited. Loaded where the page or the device forbids WebAssembly, and after a trap.

import { ask } from "./ask.js";
import { canShare, channelUrl, copy, holdsFocus, money, percent, setLocale, share, takeFocus } from "./page.js";
import { word } from "./words.js";

/** Mounts the view of `page.kind` into `root`. */
export function mount(root, page) {
  setLocale(page.locale);
  if (page.kind == "invite") return invite(root, page);
  const body = el("section", { className: "panel" });
  const sheet = el("div", { className: "sheet" }, body);
  sharePanel(body, page);
  if (page.kind == "share") {
    sheet.classList.add("inline");
    page.report("shown");
    return root.append(sheet);
  }
  const dialog = el("dialog", { "aria-label": word("title") }, sheet);
  sheet.append(button("", "close", () => dialog.close(), word("close")));
  on(root, "open", () => {
    if (dialog.open) return;
    page.report("shown");
    const copy = dialog.querySelector("[part=copy]");
    if (copy) copy.autofocus = true;
    dialog.showModal();
  });
  on(root, "close", () => dialog.close());
  root.append(dialog);
}

/** The loader removes the root, and everything is in it. */
export function unmount() {}

async function sharePanel(place, page) {
  const waiting = el("div", { className: "skeleton", role: "status" }, el("span", { className: "hush" }, word("loading")));
  refill(place, el("h2", { tabIndex: -1 }, word("title")), waiting);
  let offer;
  let referrer;
  try {
    offer = await (page.program || ask(page, ""));
    referrer = await (page.referrer || ask(page, "/referrers", { customer_token: page.customer }));
  } catch (problem) {
    page.emit("error", "code", problem.code || "unreachable");
  }
  page.program = page.referrer = undefined;
  if (!referrer || !referrer.link || !offer.active) {
    const again = button(word("retry"), "primary", () => sharePanel(place, page));
    const sorry = el("p", { className: "hint" }, word("unavailableHint"));
    return waiting.replaceWith(el("div", { className: "unavailable", role: "status" }, el("strong", {}, word("unavailable")), sorry, again));
  }
  const shared = (channel) => {
    page.report("shared", channel);
    page.emit("shared", "channel", channel);
  };
  const text = (channel) => referrer.message.replace("{link}", () => link(channel));
  const link = (channel) => referrer.link + "?c=" + channel + "-0-" + page.kind;
  const channels = el("div", { className: "channels" });
  for (const name of referrer.channels || []) {
    if (name == "native" && canShare()) {
      channels.append(
        button(word(name), "channel", () => share(text(name)).then((done) => done && shared(name))),
      );
    } else if (channelUrl(name, "", "", "")) {
      const href = channelUrl(name, text(name), link(name), word("subject"));
      const a = el("a", { className: "channel", href, target: "_blank", rel: "noopener" }, word(name));
      a.dataset.channel = name;
      on(a, "click", () => shared(name));
      channels.append(a);
    }
  }
  const { kind, value, description, quantity } = offer.reward;
  const thing = /^(free_.*|upgrade|custom)$/.test(kind) && description;
  const same = value.rule == "match_discount";
  const words = fill(worth(offer.discount), quantity || thing || (same ? "" : worth(value)));
  const leads = kind == "credit" ? ["leadFixed", "leadPercent", "leadSame"] : ["leadGet", "leadShare", "leadSameGet"];
  const lead = leads[{ fixed: 0, percent: 1 }[value.rule] ?? 2];
  refill(
    place,
    el("h2", { tabIndex: -1 }, ...words(quantity ? "titlePoints" : same ? "titleGiveSame" : "titleGive")),
    el("p", { className: "lead" }, ...words(keyFor(offer.discount, quantity ? "leadPoints" : lead))),
    ...field(referrer.link, link("copy"), "link", "copy", () => shared("copy")),
    channels,
  );
}

/** An amount or a percentage, of an offer or a reward; or what is free. */
function worth({ kind, amount, currency, basis_points, maximum, item }) {
  if (kind == "free_shipping") return word("freeShipping");
  if (kind == "free_item") return word("freeItem").replace("{0}", () => item || word("gift"));
  const value = basis_points ? percent(basis_points) : money(amount, currency);
  return maximum ? word("atMost").replace("{0}", () => value).replace("{1}", () => money(maximum, currency)) : value;
}

/** The key for what is free, where there is one: that is not said to be so much "off". */
const keyFor = ({ kind }, key) => (kind.startsWith("free") && word(key + "Free") != key + "Free" ? key + "Free" : key);

/** Says a key with these values; each is an element of its own direction. */
const fill = (...values) => (key) =>
  word(key)
    .split(/\{(\d)\}/)
    .map((part, at) => (at % 2 ? el("bdi", {}, values[part]) : part));

/** A field with its copy button, and the line that says aloud what came of it. */
function field(value, copied, label, action, done) {
  const input = el("input", { value, readOnly: true, "aria-label": word(label) });
  const said = el("p", { className: "said hush", role: "status" });
  input.part = label == "link" ? "link" : "code";
  const press = button(word(action), "primary", async () => {
    const worked = await copy(copied, input);
    said.textContent = word(worked ? "copied" : "copyByHand");
    // What has to be done by hand is said below, for as long as it takes.
    if (worked) press.textContent = word("copied");
    said.className = worked ? "said hush" : "said";
    setTimeout(() => (press.textContent = word(action)), 2500);
    done();
  });
  press.part = "copy";
  return [el("div", { className: "link" }, input, press), said];
}

function invite(root, page) {
  const { invitation } = page;
  const words = fill(invitation.inviter || "", worth(invitation.discount));
  const place = el("aside", { className: "corner", "aria-live": "polite" });
  const close = button("", "close", dismiss, word("close"));
  root.append(place);

  /** Shows a title, a hint, and perhaps something to do. */
  function show(key, ...action) {
    const hint = key == "offerUnnamed" ? "offerHint" : key + "Hint";
    const title = words(keyFor(invitation.discount, key));
    const says = el("div", { className: "says" }, el("strong", {}, ...title), el("p", {}, ...words(hint)), ...action);
    const banner = el("div", { className: "banner", tabIndex: -1 }, says, close);
    banner.part = "invite";
    refill(place, banner);
  }
  function dismiss() {
    page.report("dismissed");
    page.remember("done");
    place.remove();
  }
  async function accept() {
    show("claiming");
    try {
      const claim = await ask(page, "/claims", { token: page.token, customer_token: page.customer || undefined });
      page.emit("claimed", "code", claim.discount_code);
      page.remember("accepted");
      await put(claim);
    } catch (problem) {
      page.emit("error", "code", problem.code || "unreachable");
      const over = {
        existing_customer: "existing",
        already_referred: "existing",
        self_referral: "own",
        click_token_expired: "expired",
        click_token_used: "used",
        too_many_discounts_for_code: "full",
        too_many_discounts_for_source: "full",
      }[problem.code];
      if (over) show(over);
      else show("failed", button(word("retry"), "primary", accept));
    }
  }
  async function put({ discount_code: code, state }) {
    if (state != "available") return show(state == "used" ? "used" : "expired");
    if (page.cart() == "full" && (await page.apply(code)) == "applied") {
      page.emit("applied", "code", code);
      page.remember("done");
      // Once the cart is paid for, or emptied, there is nothing left to say.
      on(root, "cart", () => page.cart() == "empty" && place.remove());
      return show("applied");
    }
    show("show", ...field(code, code, "show", "copyCode", () => {}));
  }

  page.report("shown");
  if (invitation.state != "available") show(["used", "own", "existing"].includes(invitation.state) ? invitation.state : "expired");
  else if (page.state || page.cart() == "full") accept();
  else {
    const use = button("", "primary", accept);
    use.part = "accept";
    use.append(...words(keyFor(invitation.discount, "accept")));
    show(invitation.inviter ? "offer" : "offerUnnamed", use);
  }
}

/** Replaces what is in a place; the focus stays there. */
function refill(place, ...children) {
  const held = holdsFocus(place);
  place.replaceChildren(...children);
  if (held) takeFocus(place);
}

function el(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const name of Object.keys(properties)) {
    // Not every browser has a property for each of these attributes.
    if (/^role|^aria/.test(name)) made.setAttribute(name, properties[name]);
    else made[name] = properties[name];
  }
  made.append(...children);
  return made;
}

function button(text, className, act, label) {
  const made = el("button", label ? { className, "aria-label": label } : { className }, text);
  on(made, "click", act);
  return made;
}

/** Listens; whatever goes wrong stays here. */
function on(target, event, act) {
  target.addEventListener(event, async () => {
    try {
      await act();
    } catch (error) {
      console.info("[goodword]", error);
    }
  });
}
