// The custom elements: where a view lives, and what decides that it lives. Each has an open shadow root with a `<div>`
// inside, so that a view mounts into an ordinary element and the page's styles stay outside.

import { ask } from "./ask.js";
import { apiOf } from "./config.js";
import { remember } from "./landing.js";
import { wordsFor } from "./language.js";
import { note } from "./note.js";
import { OWN, loadViews } from "./views.js";

// Only the button itself: the views that come later are in the same shadow. Whoever comes to it by keyboard sees it, also
// where an invitation lies on it.
const BUTTON = `:host{display:contents}
:host>button{--a:#1f1d1a;--b:#fff;all:initial;position:fixed;inset:var(--goodword-launcher-inset,auto 20px 20px auto);z-index:2147483000;
min-height:48px;padding:0 22px;border-radius:var(--goodword-launcher-radius,24px);cursor:pointer;
font:600 15px var(--goodword-font,system-ui,sans-serif);box-shadow:0 6px 24px #0003;
background:var(--goodword-accent,var(--a));color:var(--goodword-on-accent,var(--b))}
:host>:focus-visible{z-index:2147483002;outline:3px solid #3b82f6;outline-offset:2px}
:host>[aria-busy]{opacity:.7}
:host([data-theme=dark])>button{--a:#f5f2ec;--b:#1f1d1a}
@media(prefers-color-scheme:dark){:host(:not([data-theme=light]))>button{--a:#f5f2ec;--b:#1f1d1a}}`;

/** What an element has to know before there is anything to show. Whatever a page adds to all objects is no element. */
const NEEDS = { __proto__: null, launcher: "customer", share: "customer", invite: "invitation", code: "program", lead: "program", portal: "customer" };

const live = new Set();
let config;

/** Makes the elements known to the page. */
export function defineElements(given) {
  config = given;
  for (const kind in NEEDS) {
    if (!customElements.get("goodword-" + kind)) customElements.define("goodword-" + kind, class extends Goodword {});
  }
}

/** The launcher, for a signed-in customer, once the page has a body. */
export function showLauncher() {
  if (config.customer && config.placement != "none") whenReady(() => element("launcher"));
}

/** Asks what the token offers, and shows it; a token that says nothing is not asked again. */
export async function showInvitation(token) {
  const before = config.invitation;
  // An introduction says by itself who has sent its visitor.
  const lead = () => document.querySelector("goodword-lead");
  config.token = token;
  config.asked = ask(config, "/invitations/" + token, 0, config.customer);
  // By the time the answer is here, so is the view.
  if (!lead()) loadViews(config, afterTrap, "invite").catch(() => {});
  try {
    config.invitation = await config.asked;
  } catch (problem) {
    const { status } = problem;
    if (status > 403 && status < 429) remember(config, token, "done");
    return status || note("no invitation: " + problem);
  }
  if (config.invitation.state == "ended") remember(config, token, "done");
  else {
    whenReady(() => {
      // It may stand below the tag.
      if (lead()) return;
      const shown = element("invite");
      if (before) shown.clear();
      shown.refresh();
    });
  }
}

/** The page's element of this kind, or else `spare` or a new one at the end of its body, which is ours. */
export function element(kind, spare = document.createElement("goodword-" + kind)) {
  const found = document.querySelector(spare.localName);
  if (found || !document.body) return found || spare;
  spare.dataset.ours = 1;
  return document.body.appendChild(spare);
}

/** Says something to every mounted view, as an event on its root that never leaves the shadow. */
export const tell = (word) => live.forEach((one) => one.root && one.root.dispatchEvent(new Event(word)));

/** Another customer, or none: every element that shows one starts afresh. */
export function customerChanged() {
  showLauncher();
  live.forEach((one) => {
    if (NEEDS[one.kind] == "customer") {
      one.clear();
      one.refresh();
    }
  });
  // An invitation is the visitor's, whoever they are; but before they take it, they may hear that it is not for them.
  if (config.customer && config.token && !config.state) showInvitation(config.token);
}

function whenReady(run) {
  if (document.readyState == "loading") addEventListener("DOMContentLoaded", run);
  else run();
}

function afterTrap() {
  live.forEach((one) => {
    // What is written there stays, and none of it was WebAssembly.
    if (!one.root || OWN.test(one.kind)) return;
    const open = one.root.querySelector("dialog[open]");
    one.clear();
    one.show(open).catch(note);
  });
}

class Goodword extends HTMLElement {
  connectedCallback() {
    try {
      live.add(this);
      this.href = location.href;
      this.kind = this.localName.slice(9);
      const { program, customer } = this.dataset;
      // Another program than the tag's has its own customer, and no invitation here; what the page says later holds for both.
      this.config = program ? { __proto__: config, program, customer, api: apiOf(config.base, program), invitation: undefined, asked: undefined } : config;
      if (config.theme && !this.dataset.theme) this.dataset.theme = config.theme;
      if (!this.shadowRoot) this.attachShadow({ mode: "open" });
      this.refresh();
    } catch (error) {
      note(error);
    }
  }

  disconnectedCallback() {
    // An element that is only moved comes back before this runs.
    setTimeout(() => {
      // What we have put there stays where a shop swaps its pages in place; what was taken away on the same page is gone.
      if (this.dataset.ours && !this.isConnected && (this.href != location.href || this.closest("body"))) element(this.kind, this);
      if (!this.isConnected && live.delete(this)) this.clear();
    });
  }

  /** Shows what there is to show now: nothing at all for whom it is not meant. */
  refresh() {
    if (!this.config[NEEDS[this.kind]]) return;
    if (this.kind == "launcher") this.drawButton();
    else this.show().catch(note);
  }

  /** The button alone; everything else is fetched when somebody is about to use it. */
  drawButton() {
    if (this.button) return;
    // A constructed sheet works under a `style-src` that forbids inline styles.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(BUTTON);
    this.shadowRoot.adoptedStyleSheets = [sheet];
    const button = (this.button = document.createElement("button"));
    button.part = "launcher";
    button.ariaHasPopup = "dialog";
    this.label();
    button.onpointerenter = button.onfocus = () => this.show().catch(() => {});
    button.onclick = () => this.open();
    // The view knows whether it is time to ask.
    if ("prompt" in this.dataset) button.onfocus();
  }

  /** Says on the button what the merchant wants it to say, or that it did not work. */
  async label(sorry) {
    const words = await wordsFor(this.config);
    const { button } = this;
    if (!button) return;
    // Drawn anew rather than stretched: after a slow answer the page would count that as unstable.
    button.style.display = sorry ? "flow-root" : "";
    button.textContent = sorry
      ? words.launcherSorry || "Not available right now. Try again?"
      : this.dataset.label || config.label || words.launcher || "Invite friends";
    // Not before it is known in which language, and not where the page opens the dialog itself.
    if (!button.isConnected && config.placement != "none") this.shadowRoot.append(button);
  }

  /** Opens the dialog; false when it cannot be had. */
  async open() {
    this.button.ariaBusy = true;
    const failed = await this.show(true).catch((error) => note(error) || 1);
    this.label(failed);
    this.button.ariaBusy = null;
    return !failed;
  }

  /** Mounts the view, once, and opens its dialog if asked to. */
  async show(open) {
    this.mounting = this.mounting || this.mount();
    try {
      await this.mounting;
    } catch (error) {
      this.mounting = undefined;
      throw error;
    }
    if (open && this.root) this.root.dispatchEvent(new Event("open"));
  }

  async mount() {
    const { config } = this;
    // The first answers are on their way before the view is.
    const first = NEEDS[this.kind] == "customer" ? [ask(config, ""), ask(config, "/referrers", { customer_token: config.customer })] : [];
    first.map((asked) => asked.catch(() => {}));
    const [views, words] = await Promise.all([loadViews(config, afterTrap, this.kind), wordsFor(config)]);
    if (!this.isConnected) return this.clear();
    const root = (this.root = this.shadowRoot.appendChild(document.createElement("div")));
    const view = views.mount(root, this, config, first, words);
    this.unmount = () => views.unmount(view);
  }

  /** Takes the view away. */
  clear() {
    if (this.root) {
      this.unmount && this.unmount();
      this.root.remove();
    }
    if (this.button && !this.config.customer) this.button = this.button.remove();
    this.root = this.mounting = this.unmount = undefined;
  }
}
