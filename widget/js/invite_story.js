// The invitee's story, from the offer to the discount in the cart. Nothing in here touches the page.
//
// One function moves it: `on` takes what happened and answers what to do. It promises that a code is tried at most once for
// each state of the cart, and never again once the cart has taken it, because a buyer who removes a code has decided.

/** What a refusal of the edge means for the visitor: a stage of which nothing leads on. Whatever is not here may work the next time. */
const REFUSALS = {
  __proto__: null,
  click_token_expired: "expired",
  click_token_invalid: "expired",
  unknown_code: "expired",
  program_ended: "expired",
  click_token_used: "used",
  existing_customer: "existing",
  already_referred: "existing",
  self_referral: "own",
  too_many_discounts_for_code: "full",
  too_many_discounts_for_source: "full",
};

/** The stages at which it is over: there is nothing to get. */
const OVER = /^(used|expired|existing|own|full)$/;

/** What became of an attempt, by the cart's answer. Whatever else it says, the visitor has to type the code. */
const ANSWERED = { __proto__: null, applied: "applied", pending: "waiting", linked: "linked", kept: "kept", conflict: "conflict" };

/**
 * A story at its beginning, of the invitation as the edge describes it; nothing where that makes no sense. Under strict consent
 * nothing can be kept for later pages. One that was closed on an earlier page goes on quietly.
 *
 * `stage` is `offered`, `claiming`, `waiting` (there is no cart to put the code into, or no code yet), `applying`, `applied`, `linked` (a
 * checkout elsewhere is told on the way there), `show` (the visitor has to type it), `kept` (the buyer's own code is better, and stays), `conflict` (the cart has another code, and takes
 * one), `failed` (it may work the next time), or one of those at which it is over.
 */
export function begin(invitation, strict, hidden) {
  const { state, discount } = invitation || {};
  if (typeof state != "string" || typeof (discount || {}).kind != "string") return undefined;
  const stage = state == "available" ? "offered" : /^(used|own|existing)$/.test(state) ? state : "expired";
  // When the code is worth another attempt: after a `change` of the cart, `atOnce` after this one, or `never`.
  return { ...invitation, stage, code: undefined, strict, hidden, next: "change" };
}

/** Moves the story on; `cart` is the page's cart at this moment. Answers what to do: `claim`, `apply`, or nothing. */
export const on = (story, event, cart, told) => EVENTS[event](story, cart, told);

const EVENTS = {
  /** The visitor took the offer, or asked to try again. */
  accepted(story) {
    if (!/^(offered|failed)$/.test(story.stage)) return undefined;
    story.stage = "claiming";
    return "claim";
  },

  /** The page's cart has changed. */
  cart(story, cart) {
    const { stage } = story;
    if (stage == "offered" && cart == "full") return EVENTS.accepted(story);
    if (stage == "applying") story.next = "atOnce";
    // It was paid for, or the cart was emptied: what the banner says is past.
    if (stage == "applied" && cart == "empty") story.hidden = true;
    // Only now it is known that there is a cart to wait for.
    if (stage == "show" && cart == "empty" && !story.tried && !story.strict) story.stage = "waiting";
    if (stage == "waiting" && !story.code) return cart == "full" ? again(story) : undefined;
    return /^(waiting|show|kept|conflict)$/.test(stage) && story.next != "never" && cart == "full" ? apply(story) : undefined;
  },

  /** The edge has minted the discount. */
  claimed(story, cart, { discount, discount_code: code, state }) {
    Object.assign(story, { discount, code });
    if (/^(used|expired)$/.test(state)) story.stage = state;
    // The shop's codes have run out: it holds all the same, and is asked for again when the cart changes.
    else if (state == "waiting") story.stage = "waiting";
    else if (cart == "full") return apply(story);
    else story.stage = cart == "empty" && !story.strict ? "waiting" : "show";
    return undefined;
  },

  /** The edge has said no, with this code, or has said nothing. */
  refused(story, cart, code) {
    story.stage = REFUSALS[code] || "failed";
  },

  /** The cart's answer to an attempt. */
  answered(story, cart, answer) {
    story.stage = ANSWERED[answer] || "show";
    // Whoever has closed the banner still hears that it is done, and may close that as well.
    if (answer == "applied") story.hidden = false;
    // A cart that cannot take it is not asked again; whatever is no answer means that.
    if (!/^(pending|kept|conflict|rejected)$/.test(answer)) story.next = "never";
    else if (story.next == "atOnce" && cart == "full") return apply(story);
    return undefined;
  },

  /** The visitor has closed the banner. */
  dismissed(story) {
    story.hidden = true;
  },
};

/** Asks for a claim once more that has no code yet. */
function again(story) {
  story.stage = "claiming";
  return "claim";
}

function apply(story) {
  story.tried = true;
  story.next = "change";
  story.stage = "applying";
  return "apply";
}

/** What the next page of this visit has to know: nothing yet, `accepted`, `quiet` (accepted and closed), or `done`. */
export function memory({ stage, hidden }) {
  if (stage == "applied" || OVER.test(stage) || (stage == "offered" && hidden)) return "done";
  if (/^(offered|failed)$/.test(stage)) return "";
  return hidden ? "quiet" : "accepted";
}

/** What is said at this stage: the keys of a title and a hint, and what there is to do (`accept`, `retry`, `copy`, `invite`, or nothing). */
export function face({ stage, inviter }) {
  if (stage == "offered") return [inviter ? "offer" : "offerUnnamed", "offerHint", "accept"];
  if (stage == "applying") return ["claiming", "claimingHint"];
  if (stage == "linked") return ["waiting", "linkedHint"];
  const action = { __proto__: null, failed: "retry", show: "copy", kept: "copy", conflict: "copy", existing: "invite", own: "invite" };
  return [stage, stage + "Hint", action[stage]];
}
