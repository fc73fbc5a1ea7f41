// `<goodword-lead>`, an introduction: for services, and for whoever sells what nobody puts into a cart. The friend says who they
// are and what they need; that goes to the shop's own server (`data-action`) and nowhere else, with the click or the code that
// brought them, so that the shop can report it as an event.

import { get } from "./ask.js";
import { random } from "./evidence.js";
import { adopt, mountView } from "./for_view.js";
import { note } from "./note.js";
import { setLocale } from "./page.js";
import { el, fill, keyFor, on, refill, worth } from "./plain.js";
import { speak, word } from "./words.js";

/** The shop's server has said no. */
const REFUSED = "lead_refused";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__LEAD_CSS__);

/** Mounts the view of this element into `root`. */
export const mount = (...seen) => mountView(view, ...seen);

/** The loader removes the root, and everything is in it. */
export function unmount() {}

function view(root, page) {
  setLocale(page.locale);
  speak(page.language, page.words);
  adopt(root, sheet);
  const { dataset } = root.getRootNode().host;
  if (!dataset.action) return note("goodword-lead needs data-action");
  // The shop hears of an introduction once, however often it is sent.
  const id = random();
  const head = el("div", { className: "head" });
  const code = row("introCode", el("input", { id: "code", maxLength: 60, autocomplete: "off", autocapitalize: "characters", spellcheck: false }));
  const form = fields(head, code);
  const place = el("section", { className: "introduction", part: "lead" }, form);
  const [send, said] = [form.querySelector("button"), form.querySelector("#said")];
  greet([word("introTitle")], [word("introHint")]);
  // Whoever has followed a link needs no code, unless it turns out to be good for nothing.
  code.hidden = !!page.asked;
  if (page.asked) page.asked.then(invited).catch(() => (code.hidden = false));
  root.append(place);

  function greet(title, hint) {
    head.replaceChildren(el("strong", { id: "title" }, ...title), el("p", {}, ...hint));
  }

  /** Tells whoever was invited by whom and to what. */
  function invited({ inviter, discount, state }) {
    code.hidden = state == "available";
    if (!code.hidden) return;
    const words = fill(inviter || "", worth(discount));
    greet(inviter ? words("introBy") : [word("introTitle")], words(keyFor(discount, "introGift")));
  }

  on(form, "submit", async (event) => {
    event.preventDefault();
    const written = typed(form);
    const missing = ["name", "need"].find((name) => !written[name]);
    if (send.ariaBusy || missing) return missing && form.querySelector("#" + missing).focus();
    send.ariaBusy = true;
    said.className = "hint";
    said.textContent = word("loading");
    try {
      await post(dataset.action, { id, ...written, token: page.token, discount_code: await discountCode(page) });
      page.emit("lead", "id", id);
      const thanks = el("div", { className: "got", tabIndex: -1 }, el("strong", {}, ...fill(written.name)("introSent")), el("p", {}, word("introSentHint")));
      thanks.setAttribute("role", "status");
      refill(place, thanks);
    } catch (problem) {
      page.emit("error", "code", problem == REFUSED ? REFUSED : "unreachable");
      said.className = "hint wrong";
      said.replaceChildren(el("b", {}, word("failed")), " ", word("failedHint"));
    }
    send.ariaBusy = null;
  });
}

/** Who they are, what they need, and that they want to be asked. */
function fields(head, code) {
  return el(
    "form",
    { "aria-labelledby": "title" },
    head,
    row("introName", el("input", { id: "name", maxLength: 100, required: true, autocomplete: "name" })),
    row("introEmail", el("input", { id: "email", type: "email", maxLength: 254, required: true, autocomplete: "email" })),
    row("introPhone", el("input", { id: "phone", type: "tel", maxLength: 40, autocomplete: "tel" })),
    row("introNeed", el("textarea", { id: "need", rows: 3, maxLength: 2000, required: true })),
    code,
    el("label", { className: "consent" }, el("input", { id: "consent", type: "checkbox", required: true }), el("span", {}, word("introConsent"))),
    el("button", { className: "primary", part: "send" }, word("introSend")),
    el("p", { id: "said", className: "hint", role: "status" }),
  );
}

/** What the friend gets, as a code that the shop may take off the bill; an offer that is not for them keeps nobody from writing. */
async function discountCode(page) {
  if (!page.token) return undefined;
  try {
    const { discount_code: code } = await page.claim();
    page.emit("claimed", "code", code);
    page.remember("accepted");
    return code;
  } catch (problem) {
    return undefined;
  }
}

const row = (key, input) => el("p", { className: "row" }, el("label", { for: input.id }, word(key)), input);

/** What was filled in; what was left empty is left out. */
function typed(form) {
  const value = (id) => form.querySelector("#" + id).value.trim() || undefined;
  const [name, email, phone, need, referral_code] = ["name", "email", "phone", "need", "code"].map(value);
  return { name, email, phone, need, consent: true, referral_code };
}

/** Hands it to the shop's server, with that server's own cookies. */
async function post(action, lead) {
  const how = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(lead), credentials: "same-origin" };
  const { ok } = await get(action, how);
  if (!ok) throw REFUSED;
}
