// `<goodword-invite>`, the invitee's banner: who gave them what, and one thing to do about it. It covers a corner, moves nothing,
// and can be closed. What happens when is told by `invite_story.js`.

import { shopOf } from "./apply/engine.js";
import { adopt, mountView } from "./for_view.js";
import { begin, face, memory, on as move } from "./invite_story.js";
import { setLocale } from "./page.js";
import { button, el, field, fill, keyFor, on, picture, quote, refill, soFar, worth } from "./plain.js";
import { speak, word } from "./words.js";

const GIFT = "M4 11.5h16V20H4zM3 7.5h18v4H3zM12 7.5V20M12 7.5C9 7.5 7 6 7.5 4.5S11 3.5 12 7.5c1-4 4-4.5 4.5-3S15 7.5 12 7.5z";
const CROSS = "M6 6l12 12M18 6L6 18";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__INVITE_CSS__);

/** Mounts the view of this element into `root`. */
export const mount = (root, element, config, ...seen) => mountView((at, page) => view(at, page, shopOf(config)), root, element, config, ...seen);

/** The loader removes the root, and everything is in it. */
export function unmount() {}

function view(root, page, shop) {
  setLocale(page.locale);
  speak(page.language, page.words);
  adopt(root, sheet);
  // How far it got on the page before: what was accepted there goes on here.
  const before = page.state || "";
  const story = begin(page.invitation, page.strict, before == "quiet");
  if (!story) return;
  // It was put into the cart on this page, which was loaded again to show it: that is said once more.
  if (before == "applied") story.stage = before;
  const place = el("aside", { className: "corner", "aria-live": "polite" });
  root.append(place);

  /** Something happened: moves the story on, shows where it is, and does what it asks for. */
  async function happened(event, told) {
    const task = move(story, event, shop.cart(), told);
    page.remember(memory(story));
    show();
    if (task == "claim") await claim();
    else if (task) await apply(story.code);
  }

  async function claim() {
    let told;
    try {
      const [made] = await Promise.all([page.claim(), shop.ready()]);
      told = ["claimed", made];
      shop.take(made.discount_code);
      // Of a claim that waits for one there is none yet.
      if (made.discount_code) page.emit("claimed", "code", made.discount_code);
    } catch (problem) {
      told = ["refused", problem.code];
      page.emit("error", "code", problem.code || "unreachable");
    }
    await happened(...told);
  }

  async function apply(code) {
    const answer = await shop.apply(code, page.token);
    if (answer == "applied") page.emit("applied", "code", code);
    await happened("answered", answer);
    if (answer != "applied" || !(await shop.stale())) return;
    page.remember(answer);
    // Not as it was asked for: the answer to a form would be asked for with all that the form had said.
    if (location.hash) location.reload();
    else location.replace(location.href);
  }

  let shown;

  /** A new element for each face: what is seen never moves, and what is still true stays as it is. */
  function show() {
    const now = !story.hidden && story.stage;
    if (now == shown) return;
    shown = now;
    refill(place, ...(now ? [banner(story, page, happened)] : []));
  }

  page.report("shown");
  shop.watch(root, () => happened("cart"));
  happened(before && story.stage == "offered" ? "accepted" : "cart");
}

function banner(story, page, happened) {
  const [title, hint, act] = face(story);
  const words = fill(story.inviter || "", worth(story.discount));
  const offered = story.stage == "offered";
  const says = el(
    "div",
    { className: "says" },
    el("strong", {}, ...words(keyFor(story.discount, title))),
    ...(offered ? quote(story.note) : []),
    el("p", {}, ...words(hint)),
    // What else speaks for the offer is shown with it alone.
    ...(offered ? soFar(story.referrals_so_far) : []),
    ...action(act, story, page, words, happened),
  );
  const close = button("", "close", () => {
    page.report("dismissed");
    return happened("dismissed");
  }, word("close"));
  close.part = "close";
  close.append(picture("0 0 24 24", CROSS));
  const gift = el("span", { className: "gift" }, picture("0 0 24 24", GIFT));
  const made = el("div", { className: "banner", tabIndex: -1 }, gift, says, close);
  made.part = "invite";
  return made;
}

/** The one thing to do, if there is one. */
function action(act, { code, discount }, page, words, happened) {
  if (act == "copy") {
    const row = field(code, code, "show", "copyCode", () => {});
    row[0].firstChild.className = "code";
    return row;
  }
  // They would rather invite friends themselves, where the page knows who they are.
  if (!act || (act == "invite" && !page.customer)) return [];
  const accept = act == "accept";
  const made = button("", "primary", act == "invite" ? page.open : () => happened("accepted"));
  made.part = "accept";
  made.append(...words(accept ? keyFor(discount, "accept") : act == "retry" ? "retry" : "launcher"));
  return [made];
}
