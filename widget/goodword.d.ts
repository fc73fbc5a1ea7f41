// What the widget brings into a page, for TypeScript: one function, its elements, six events. Everything here is global,
// because the script tag's is too.

/** How a code gets into this shop's cart. */
interface GoodwordShop {
  /** Whether there is anything in the cart. */
  hasCart(): boolean;
  /** Puts the code into the cart, and says `applied` only after it has read the cart back. */
  apply(code: string): Promise<GoodwordApplied>;
}

/**
 * `pending`: there is no cart yet. `linked`: the checkout is elsewhere, and is told the code on the way there. `kept`: the buyer's own
 * code takes more off, and stays. `conflict`: it does not go together with what is in the cart. `unsupported`: this page cannot, and is not asked again.
 */
type GoodwordApplied = "applied" | "pending" | "linked" | "kept" | "conflict" | "rejected" | "unsupported";

type GoodwordChannel = "copy" | "native" | "whatsapp" | "sms" | "email" | "qr" | "telegram" | "x" | "facebook" | "linkedin";

/** What a friend writes of themselves, as the shop's server gets it at `data-action`. */
interface GoodwordLead {
  /** Of this introduction, however often it is sent. */
  id: string;
  name: string;
  email: string;
  phone?: string;
  need: string;
  consent: true;
  /** The click that led here, or the code that was typed: for the event that the shop reports. */
  token?: string;
  referral_code?: string;
  /** What they get, for the bill. */
  discount_code?: string;
}

/** What each event tells, by its name without `goodword:`. */
interface GoodwordDetails {
  /** An element has its view. */
  ready: { kind: "launcher" | "share" | "invite" | "code" | "lead" | "portal" };
  /** The link has gone out. */
  shared: { channel: GoodwordChannel };
  /** The invitee has a discount. */
  claimed: { code: string };
  /** It is in the cart. */
  applied: { code: string };
  /** An introduction was sent, and taken. */
  lead: { id: string };
  /** The edge has refused something, or was not reached (`unreachable`). */
  error: { code: string };
}

/** What the function can be asked for. */
interface GoodwordMethods {
  /** Opens the share dialog: true when it is open, nothing when nobody is signed in. */
  open(): boolean | undefined;
  /** Closes it. */
  close(): void;
  /** Signs a customer in by a token of the shop's server; out with nothing. */
  customer(token?: string | null): void;
  /** Says where a fresh token of the same customer comes from, once the old one has expired: of the program that is named. */
  expired(renew: (program: string) => Promise<string | undefined> | string | undefined): void;
  /** Says how a code gets into the cart. */
  shop(shop: GoodwordShop): void;
  /** Says that the cart has changed. */
  cart(): void;
}

/** The function. Its promises never reject. */
interface Goodword {
  <Method extends keyof GoodwordMethods>(method: Method, ...call: Parameters<GoodwordMethods[Method]>): Promise<ReturnType<GoodwordMethods[Method]>>;
  /** Calls `listener` at every event of this name. */
  <Name extends keyof GoodwordDetails>(method: "on", name: Name, listener: (detail: GoodwordDetails[Name]) => void): Promise<void>;
  /** The program, once the script is there. */
  readonly program?: string;
  /** What was said before: the arguments alone, or `[resolve, arguments]` for a page that waits for the answer. */
  q?: (ArrayLike<unknown> | [resolve: (answer: never) => void, call: ArrayLike<unknown>])[];
}

/** What the elements take in a template. */
interface GoodwordAttributes {
  id?: string;
  class?: string;
  className?: string;
  style?: object | string;
  slot?: string;
  hidden?: boolean;
  "data-theme"?: "auto" | "light" | "dark";
  /** Another program than the tag's, with the customer's token for that one. */
  "data-program"?: string;
  "data-customer"?: string;
  /** `thanks` after a purchase: what share links and counts call the place by. */
  "data-placement"?: "thanks";
  /** What this customer may say of themselves with their link. */
  "data-achievement"?: string;
  /** Which wording of the shop's own the page has: a digit. */
  "data-variant"?: string;
}

/** The launcher says what it is told to. */
interface GoodwordLauncherAttributes extends GoodwordAttributes {
  "data-label"?: string;
  /** Whether the dialog opens by itself, once in a visit: for the page after a purchase. */
  "data-prompt"?: boolean | "";
}

/** What a typed code is called in the form that the field is in: `referral_code` unless it is told otherwise. */
interface GoodwordCodeAttributes extends GoodwordAttributes {
  name?: string;
}

/** Where an introduction is sent: an address of the shop's server. */
interface GoodwordLeadAttributes extends GoodwordAttributes {
  "data-action"?: string;
}

/** The elements by name, for JSX. */
interface GoodwordElements {
  "goodword-launcher": GoodwordLauncherAttributes;
  "goodword-share": GoodwordAttributes;
  "goodword-invite": GoodwordAttributes;
  "goodword-code": GoodwordCodeAttributes;
  "goodword-lead": GoodwordLeadAttributes;
  "goodword-portal": GoodwordAttributes;
}

type GoodwordEvents = { [Name in keyof GoodwordDetails as `goodword:${Name}`]: CustomEvent<GoodwordDetails[Name]> };

declare var goodword: Goodword;

interface Window {
  goodword: Goodword;
}

interface HTMLElementTagNameMap {
  "goodword-launcher": HTMLElement;
  "goodword-share": HTMLElement;
  "goodword-invite": HTMLElement;
  "goodword-code": HTMLElement;
  "goodword-lead": HTMLElement;
  "goodword-portal": HTMLElement;
}

// They bubble from the element through the document to the window.
interface HTMLElementEventMap extends GoodwordEvents {}
interface DocumentEventMap extends GoodwordEvents {}
interface WindowEventMap extends GoodwordEvents {}

declare namespace JSX {
  interface IntrinsicElements extends GoodwordElements {}
}
