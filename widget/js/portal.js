// `<goodword-portal>`, the referrer's own page: link, code, QR and channels; what comes next; and every friend with what they
// did, when, what it brought and when it is paid. Plain JavaScript everywhere: it is a fifth of the same in WebAssembly.

import { ask } from "./ask.js";
import { adopt, mountView } from "./for_view.js";
import { live } from "./live.js";
import { day, money, percent, setLocale } from "./page.js";
import { el, field, fill, thing } from "./plain.js";
import { sharePanel } from "./plain_share.js";
import { canDraw, qr } from "./qr.js";
import { noteEditor } from "./own_note.js";
import { speak, word } from "./words.js";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__PORTAL_CSS__);

/** Mounts the view of this element into `root`; returns what ends it. */
export const mount = (...seen) => mountView(view, ...seen);

/** Ends what would outlive the view: its socket and its listener. */
export const unmount = (end) => end();

function view(root, page) {
  setLocale(page.locale);
  speak(page.language, page.words);
  adopt(root, sheet);
  const share = el("section", { className: "panel" });
  const own = el("section", { className: "own" });
  const summary = el("section", { className: "summary" });
  const friends = el("section", { className: "friends", "aria-labelledby": "friends" });
  const list = el("ul", {});
  const past = el("details", { className: "friends past" }, el("summary", {}, word("history")), list);
  const place = el("div", { className: "sheet portal" }, share);
  let known;
  let ended;
  let end = () => {};
  place.part = "portal";
  root.append(place);
  page.report("shown");
  sharePanel(share, page, (_, referrer) => {
    if (ended) return [];
    known = referrer;
    show(summary, friends, referrer);
    history(past, list, referrer);
    draw(own, page, referrer);
    // All at once, so that nothing that is seen ever moves.
    place.append(own, summary, friends, past);
    if (referrer.live) end = live("ws" + page.base.slice(4) + referrer.live.slice(1), refresh);
    return referrer.note == null ? [] : [noteEditor(page, referrer.note)];
  });

  async function refresh() {
    const now = await again(page).catch(() => {});
    if (!now || ended) return;
    show(summary, friends, now, news(known, now));
    history(past, list, now);
    known = now;
  }

  return () => {
    ended = true;
    end();
  };
}

async function again(page) {
  const enrol = () => ask(page, "/referrers", { customer_token: page.customer });
  try {
    return await enrol();
  } catch (problem) {
    if (problem.code == "customer_token_expired" && (await page.renew())) return enrol();
  }
}

/** The code with its picture, whose room is there before it is: it takes a moment to compute. */
async function draw(own, page, referrer) {
  const code = el("div", {}, el("h3", {}, word("code")), ...field(referrer.code, referrer.code, "code", "copyCode", () => {}));
  own.replaceChildren(code);
  if (!canDraw()) return;
  const frame = el("div", { className: "qr", role: "img", "aria-label": word("qr") });
  const save = el("a", { download: referrer.code + ".svg" }, word("qrSave"));
  const scan = el("div", { className: "scan" }, frame, el("p", { className: "hint" }, word("qrHint")), save);
  frame.part = "qr";
  own.prepend(scan);
  try {
    const { svg, file } = await qr(referrer.link + "?c=qr-0-" + page.place);
    frame.append(svg);
    save.href = file;
  } catch (error) {
    // Link and code are enough.
    scan.remove();
  }
}

function show(summary, friends, referrer, told) {
  const { claimed, bought, credit } = referrer.progress;
  const totals = el("dl", {}, total("claimed", claimed), total("bought", bought));
  totals.append(...credit.map(({ amount, currency }) => total("credit", money(amount, currency))));
  summary.replaceChildren(totals, ...goals(referrer));
  if (!friends.firstChild) {
    const title = el("h3", { id: "friends" }, word("friends"));
    friends.append(title, el("p", { className: "news", role: "status" }, word("watching")), el("div", {}));
  }
  const [, news, list] = friends.children;
  // What is read out has to change in a place that stays.
  if (told) {
    news.className = "news ready";
    news.replaceChildren(...told);
  }
  const rows = referrer.referrals.map(friend);
  list.replaceChildren(rows.length ? el("ul", { "aria-labelledby": "friends" }, ...rows) : el("p", { className: "hint" }, word("nobody")));
}

const total = (name, value) => el("div", {}, el("dt", {}, word(name)), el("dd", {}, String(value)));

function goals({ goals: ahead = [] }) {
  if (!ahead.length) return [];
  const rows = ahead.slice(0, 3).map(({ kind, at, left, reward }) => {
    const said = fill(String(left), worthOf(reward))(kind == "tier" ? "tier" : "milestone");
    const bar = el("progress", { max: at, value: at - left, "aria-hidden": "true" });
    return el("li", {}, el("span", {}, ...said), bar);
  });
  return [el("div", { className: "goals" }, el("h3", { id: "goals" }, word("goals")), el("ul", { "aria-labelledby": "goals" }, ...rows))];
}

/** What a reward that is ahead comes to. */
function worthOf(reward) {
  const { value, quantity } = reward;
  const what = thing(reward);
  if (what) return what;
  if (quantity) return points(quantity);
  if (value.rule == "fixed") return money(value.amount, value.currency);
  return value.rule == "percent" ? percent(value.basis_points) : word("sameAgain");
}

const points = (many) => word("points", many).replace("{0}", () => many);

/** One friend: what they did and when, and what it brought or until when it may. */
function friend(referral) {
  const { stage, steps, at, until, reward } = referral;
  const stages = { claimed: "stageClaimed", undone: "stageUndone", qualified: "stageQualified" };
  const said = steps ? fill(String(steps.done), String(steps.of))("stageStep") : [word(stages[stage] || "stageBought")];
  const told = reward ? rewardWords(reward, stage) : until ? fill(day(until))("until") : undefined;
  return line({ className: stage }, said, at, told, isReady(reward));
}

/** What happened and when, and what came of it. */
function line(attributes, said, at, told, ready) {
  const row = el("li", attributes, el("span", {}, ...said), el("small", {}, day(at)));
  if (told) row.append(el("span", { className: ready ? "reward ready" : "reward" }, ...told));
  return row;
}

/** Everything that was earned, for whatever, and what of it was used: closed until somebody asks, so that nothing moves. */
function history(past, list, { rewards = [], taken = [] }) {
  const causes = { renewal: "causeRenewal", invitee: "causeInvitee", milestone: "causeMilestone" };
  const earned = rewards.map((one) => [one.at, [word(causes[one.cause] || "stageBought")], rewardWords(one), isReady(one)]);
  const used = taken.map(({ at, amount, currency }) => [at, fill(money(amount, currency))("rewardUsed")]);
  const rows = [...earned, ...used].sort((a, b) => b[0] - a[0]);
  past.hidden = !rows.length;
  list.replaceChildren(...rows.map(([at, said, told, ready]) => line({}, said, at, told, ready)));
}

const isReady = (reward) => !!reward && ["approved", "issued", "redeemed"].includes(reward.state);

function amountOf(reward) {
  const { amount, currency, quantity } = reward;
  return thing(reward) || (quantity ? points(quantity) : money(amount, currency));
}

function rewardWords(reward, stage) {
  const { state, kind, payable_at: payable } = reward;
  const key = {
    pending: payable ? "rewardFrom" : "rewardPending",
    approved: "rewardReady",
    issued: kind == "credit" ? "rewardReady" : "rewardPaid",
    redeemed: "rewardUsed",
    expired: "rewardExpired",
    clawed_back: "rewardBack",
    voided: stage == "undone" ? undefined : "rewardNone",
  }[state];
  return key && fill(amountOf(reward), payable ? day(payable) : "")(key);
}

/** The best of what is new, as it is said; nothing where nothing is. */
function news(before, now) {
  const sign = ({ id, stage, reward }) => [id, stage, reward && reward.state].join();
  const known = new Set(before.referrals.map(sign));
  const rank = (one) => (isReady(one.reward) ? 3 : one.reward ? 2 : one.stage == "claimed" || one.steps ? 0 : 1);
  const [best] = now.referrals
    .filter((one) => one.stage != "undone" && !known.has(sign(one)))
    .sort((a, b) => rank(b) - rank(a));
  if (!best) return undefined;
  const key = ["newsClaimed", "newsBought", "newsPending", "newsReady"][rank(best)];
  return fill(best.reward ? amountOf(best.reward) : "")(key);
}
