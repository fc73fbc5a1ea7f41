/// <reference path="./goodword.d.ts" />

/** What the tag says; API.md describes each attribute. */
export interface Tag {
  /** The address of `widget.js` on the edge. */
  src: string;
  /** The program's id. */
  program: string;
  /** The signed-in customer, as a token of the shop's server. */
  customer?: string | null;
  placement?: "launcher" | "none";
  label?: string;
  theme?: "auto" | "light" | "dark";
  consent?: "strict" | "balanced" | "full";
  locale?: string;
  /** What this customer may say of themselves with their link. */
  achievement?: string;
  /** Which wording of the shop's own the page has: a digit. */
  variant?: string;
  /** For a Content-Security-Policy that names scripts by nonce. */
  nonce?: string;
}

/** Puts the widget's tag into the page, once, and answers with its function, which can be called at once. */
export function load(tag: Tag): Goodword;
