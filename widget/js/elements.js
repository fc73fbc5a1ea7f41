// The custom elements: where a view lives, and what decides that it lives. Each has an open shadow root with a `<div>`
// inside, so that a view mounts into an ordinary element and the page's styles stay outside.

import { ask, report } from "./ask.js";
import { remember } from "./landing.js";
import { note } from "./note.js";
import { loadViews, styleSheet } from "./views.js";

// Only the button itself: the views that come later are in the same shadow.
const BUTTON = `:host{display:contents}
:host>button{--a:#1f1d1a;--b:#fff;all:initial;position:fixed;inset:var(--goodword-launcher-inset,auto 20px 20px auto);z-index:2147483000;
box-sizing:border-box;min-height:48px;padding:0 22px;border-radius:var(--goodword-launcher-radius,24px);cursor:pointer;
font:600 15px/1.2 var(--goodword-font,system-ui,sans-serif);box-shadow:0 6px 24px #0003;
background:var(--goodword-accent,var(--a));color:var(--goodword-on-accent,var(--b))}
:host>:focus-visible{outline:3px solid #3b82f6;outline-offset:2px}:host>[aria-busy]{opacity:.7}:host([hide])>button{display:none}
:host([data-theme=dark])>button{--a:#f5f2ec;--b:#1f1d1a}
@media(prefers-color-scheme:dark){:host(:not([data-theme=light]))>button{--a:#f5f2ec;--b:#1f1d1a}}`;

const live = new Set();
let config;

/** Makes `<goodword-launcher>`, `<goodword-share>` and `<goodword-invite>` known to the page. */
export function defineElements(given) {
  config = given;
  for (const name of ["launcher", "share", "invite"]) {
    if (!customElements.get("goodword-" + name)) customElements.define("goodword-" + name, class extends Goodword {});
  }
}

/** The launcher, for a signed-in customer, once the page has a body. */
export function showLauncher() {
  if (config.customer && config.placement != "none") whenReady(() => element("launcher"));
}

/** Asks what the token offers, and shows it; a token that says nothing is not asked again. */
export async function showInvitation(_, token) {
  const before = config.invitation;
  const asked = ask(config, "/invitations/" + token, 0, config.customer);
  // By the time the answer is here, so is the view.
  loadViews(config.base, afterTrap).catch(() => {});
  try {
    config.invitation = await asked;
  } catch (problem) {
    const { status } = problem;
    if (status > 403 && status < 429) remember(config, token, "done");
    return status || note("no invitation: " + problem);
  }
  config.token = token;
  if (config.invitation.state == "ended") remember(config, token, "done");
  else {
    whenReady(() => {
      const shown = element("invite");
      if (before) shown.clear();
      shown.refresh();
    });
  }
}

/** The page's element of this kind, or a new one at the end of its body. */
export function element(kind) {
  const name = "goodword-" + kind;
  return document.querySelector(name) || document.body.appendChild(document.createElement(name));
}

/** Says something to every mounted view, as an event on its root that never leaves the shadow. */
export const tell = (word) => live.forEach((one) => one.root && one.root.dispatchEvent(new Event(word)));

/** Another customer, or none: every element starts afresh. */
export function customerChanged() {
  showLauncher();
  live.forEach((one) => {
    if (one.kind != "invite") {
      one.clear();
      one.refresh();
    }
  });
  // An invitation is the visitor's, whoever they are; but before they take it, they may hear that it is not for them.
  if (config.customer && config.token && !config.state) showInvitation(config, config.token);
}

function whenReady(run) {
  if (document.readyState == "loading") addEventListener("DOMContentLoaded", run);
  else run();
}

function afterTrap() {
  live.forEach((one) => {
    if (!one.root) return;
    const open = one.root.querySelector("dialog[open]");
    one.clear();
    one.show(open).catch(note);
  });
}

class Goodword extends HTMLElement {
  connectedCallback() {
    try {
      live.add(this);
      this.kind = this.localName.slice(9);
      if (config.theme && !this.dataset.theme) this.dataset.theme = config.theme;
      if (!this.shadowRoot) this.attachShadow({ mode: "open" });
      this.refresh();
    } catch (error) {
      note(error);
    }
  }

  disconnectedCallback() {
    // An element that is only moved comes back before this runs.
    Promise.resolve().then(() => {
      if (!this.isConnected && live.delete(this)) this.clear();
    });
  }

  /** Shows what there is to show now: nothing at all for whom it is not meant. */
  refresh() {
    if (this.kind == "launcher" && config.customer) this.drawButton();
    else if (config[this.kind == "invite" ? "invitation" : "customer"]) this.show().catch(note);
  }

  /** The button alone; everything else is fetched when somebody is about to use it. */
  drawButton() {
    if (this.button) return;
    this.shadowRoot.adoptedStyleSheets = [styleSheet(BUTTON)];
    const button = (this.button = this.shadowRoot.appendChild(document.createElement("button")));
    button.part = "launcher";
    button.ariaHasPopup = "dialog";
    button.textContent = config.label;
    button.onpointerenter = button.onfocus = () => this.show().catch(() => {});
    button.onclick = () => this.open();
    if (config.placement == "none") this.setAttribute("hide", "");
  }

  /** Opens the dialog; false when it cannot be had. */
  async open() {
    const { button } = this;
    button.ariaBusy = true;
    try {
      await this.show(true);
      button.textContent = config.label;
      return true;
    } catch (error) {
      note(error);
      button.textContent = "Not available right now. Try again?";
      return false;
    } finally {
      button.ariaBusy = null;
    }
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
    const page = this.page();
    const [views, sheet] = await loadViews(config.base, afterTrap);
    if (!this.isConnected) return;
    const { shadowRoot } = this;
    if (!shadowRoot.adoptedStyleSheets.includes(sheet)) shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, sheet];
    const root = (this.root = shadowRoot.appendChild(document.createElement("div")));
    root.className = "goodword";
    root.lang = "en";
    root.dir = "ltr";
    const view = views.mount(root, page);
    this.unmount = () => views.unmount(view);
    page.emit("ready", "kind", this.kind);
  }

  /** Takes the view away. */
  clear() {
    if (this.root) {
      this.unmount && this.unmount();
      this.root.remove();
    }
    if (this.button && !config.customer) this.button = this.button.remove();
    this.root = this.mounting = this.unmount = undefined;
  }

  /** What a view may know of the page and ask of it; none of it throws. */
  page() {
    const { kind } = this;
    const { api, base, token, state, locale, strict } = config;
    const first = (path, body) => {
      const asked = ask(config, path, body);
      asked.catch(() => {});
      return asked;
    };
    return {
      kind, api, base, token, state, locale, strict,
      /** Who is signed in now, which may change while an invitation is shown. */
      get customer() {
        return config.customer;
      },
      // The first answers are on their way before the view is.
      invitation: config.invitation,
      program: kind != "invite" && first(""),
      referrer: kind != "invite" && first("/referrers", { customer_token: config.customer }),
      emit: (name, key, value) => {
        const detail = { [key]: value };
        this.dispatchEvent(new CustomEvent("goodword:" + name, { bubbles: true, composed: true, detail }));
      },
      report: (what, channel) => report(config, what, kind, channel),
      remember: (how) => remember(config, token, (config.state = how)),
      cart: () => {
        try {
          return config.shop ? (config.shop.hasCart() ? "full" : "empty") : "none";
        } catch (error) {
          note(error);
          return "empty";
        }
      },
      apply: async (code) => {
        try {
          return String(await config.shop.apply(code));
        } catch (error) {
          note(error);
          return "unsupported";
        }
      },
    };
  }
}
