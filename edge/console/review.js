// The review queue as a page. It asks the merchant API of its own origin, like any server of the merchant's. The key lives
// in one variable: no storage, no address, no cookie ever has it. What people have written is only ever set as text.

const at = (id) => document.getElementById(id);
const page = { program: "", key: "", next: null, waiting: 0, gone: new AbortController() };

/** An element with a class and what is in it: texts stay texts. */
function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function money(minor, currency) {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

/** Asks the API; a refusal is thrown in its own words. What was asked before somebody signed out is never answered. */
async function ask(method, tail, body) {
  const { signal } = page.gone;
  try {
    return await answered(method, tail, body, signal);
  } catch (error) {
    if (signal.aborted) return new Promise(() => {});
    throw error;
  }
}

async function answered(method, tail, body, signal) {
  const answer = await fetch(`../v1/programs/${encodeURIComponent(page.program)}/reviews${tail}`, {
    method,
    signal,
    cache: "no-store",
    credentials: "omit",
    headers: {
      authorization: `Bearer ${page.key}`,
      ...(body && { "content-type": "application/json" }),
    },
    body: body && JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  signal.throwIfAborted();
  if (!answer.ok) throw new Error(said.detail || `The edge answered ${answer.status}.`);
  return said;
}

const say = (text) => (at("status").textContent = text);
const warn = (text) => (at("trouble").textContent = text);

function count() {
  const many = page.next === null ? `${page.waiting}` : `${page.waiting} or more`;
  say(page.waiting === 0 ? "Nothing waits for you." : `${many} ${page.waiting === 1 ? "referral waits" : "referrals wait"} for your word.`);
}

function side(key, title, person) {
  const { name, customer_id, orders, since, rewards } = person;
  const who = name || (customer_id ? `Customer ${customer_id}` : "Without a name");
  const known = [customer_id && name ? `Customer ${customer_id}` : "", `${orders} ${orders === 1 ? "order" : "orders"}`, `since ${day.format(since)}`];
  const waits = rewards.map((reward) => {
    const what = [money(reward.amount, reward.currency), reward.kind.replaceAll("_", " "), reward.description];
    return make("p", "waits", `Would get ${what.filter(Boolean).join(", ")}`);
  });
  return make(
    "div",
    `side ${key}`,
    make("h3", "", title),
    make("p", "who", make("bdi", "", who)),
    make("p", "hint", make("bdi", "", known.filter(Boolean).join(" · "))),
    ...(waits.length > 0 ? waits : [make("p", "hint waits", "Gets nothing")]),
  );
}

const SVG = "http://www.w3.org/2000/svg";

/** A bar whose length is the points: an attribute, because styles of elements are forbidden here. */
function bar(points, block) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 100 6");
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("aria-hidden", "true");
  const length = document.createElementNS(SVG, "rect");
  length.setAttribute("height", "6");
  length.setAttribute("width", String(Math.min(100, (100 * points) / block)));
  picture.append(length);
  return make("div", "bar", picture);
}

function against(risk) {
  if (risk === null || risk.signals.length === 0) {
    return [make("p", "when", "Nothing speaks against it: every reward of this program waits for a word.")];
  }
  const score = make(
    "p",
    "score",
    make("b", "", String(risk.score)),
    make("span", "", `${risk.score === 1 ? "point" : "points"}; ${risk.review} ask for a review, ${risk.block} block`),
  );
  const signals = make("ul", "signals");
  // Some browsers take the role away from a list without bullets.
  signals.setAttribute("role", "list");
  for (const { points, weight, text } of risk.signals) {
    const many = points < weight ? `${points} of ${weight} points` : `${points} points`;
    signals.append(make("li", "", make("span", "", text), make("span", "points", many), bar(points, risk.block)));
  }
  return [score, signals];
}

/** Whose rewards a word is on: asked only where both sides wait. */
function whose(referral) {
  const select = make("select", "");
  select.id = `whose-${referral}`;
  for (const [value, text] of [["", "Both sides"], ["referrer", "The referrer alone"], ["invitee", "The friend alone"]]) {
    select.append(new Option(text, value));
  }
  const label = make("label", "", "Your word is on");
  label.htmlFor = select.id;
  return make("div", "whose", label, select);
}

const said = (approved) => (approved ? "Approved" : "Rejected");

/** Says what was done, and how many wait now. */
function tell(done) {
  count();
  say(`${done}. ${at("status").textContent}`);
}

/** What is shown of one side when the word on it was said; the other one goes on waiting. */
function settleSide(article, heading, key, approved) {
  const text = said(approved);
  for (const waits of article.querySelectorAll(`.side.${key} .waits`)) waits.remove();
  article.querySelector(`.side.${key}`).append(make("p", `said ${text.toLowerCase()}`, make("strong", "", text)));
  article.querySelector(".whose").remove();
  for (const button of article.querySelectorAll("button")) button.disabled = false;
  tell(`${text} for one side: ${heading.textContent}`);
  heading.focus();
}

/** What is left of a card when the word was said. */
function settle(card, heading, approved) {
  const text = said(approved);
  const done = make("p", `card done ${text.toLowerCase()}`, make("strong", "", text), heading.textContent);
  card.replaceWith(done);
  page.waiting -= 1;
  tell(`${text}: ${heading.textContent}`);
  (done.nextElementSibling?.querySelector("h2") ?? at("queue").querySelector("article h2") ?? at("title")).focus();
}

function card(waiting) {
  const { referral, order_id, total, currency, explanation, risk } = waiting;
  const heading = make("h2", "", "Order ", make("bdi", "", order_id), ` over ${money(total, currency)}`);
  heading.id = `order-${referral}`;
  heading.tabIndex = -1;
  const note = make("textarea", "");
  note.id = `note-${referral}`;
  note.rows = 2;
  note.maxLength = 500;
  const label = make("label", "", "Note ", make("span", "hint", "optional, kept encrypted"));
  label.htmlFor = note.id;
  const trouble = make("p", "trouble");
  trouble.setAttribute("role", "alert");
  const article = make("article", "card");
  article.setAttribute("aria-labelledby", heading.id);
  const choice = (approved) => {
    const verb = approved ? "Approve" : "Reject";
    const button = make("button", verb.toLowerCase(), verb);
    button.type = "button";
    button.setAttribute("aria-describedby", heading.id);
    button.addEventListener("click", async () => {
      const buttons = article.querySelectorAll("button");
      for (const one of buttons) one.disabled = true;
      trouble.textContent = "";
      try {
        const text = note.value.trim();
        const of = article.querySelector(".whose select")?.value;
        const word = { ...(text && { note: text }), ...(of && { side: of }) };
        await ask("POST", `/${encodeURIComponent(referral)}/${verb.toLowerCase()}`, word);
        if (of) {
          note.value = "";
          settleSide(article, heading, of, approved);
        } else {
          settle(article, heading, approved);
        }
      } catch (error) {
        for (const one of buttons) one.disabled = false;
        trouble.textContent = error.message;
        button.focus();
      }
    });
    return button;
  };
  const both = [waiting.referrer, waiting.invitee].every(({ rewards }) => rewards.length > 0);
  article.append(
    heading,
    make("p", "when", `${moment.format(waiting.at)}. ${explanation}`),
    make("div", "sides", side("referrer", "Referrer", waiting.referrer), side("invitee", "Friend", waiting.invitee)),
    ...against(risk),
    make("div", "word", ...(both ? [whose(referral)] : []), label, note, make("div", "choices", choice(true), choice(false)), trouble),
  );
  return article;
}

async function show(after) {
  const { reviews, next } = await ask("GET", after ? `?after=${encodeURIComponent(after)}` : "");
  page.next = next;
  page.waiting += reviews.length;
  at("more").hidden = next === null;
  const cards = reviews.map(card);
  at("queue").append(...cards);
  count();
  return cards;
}

function leave() {
  page.gone.abort();
  Object.assign(page, { program: "", key: "", next: null, waiting: 0, gone: new AbortController() });
  at("queue").replaceChildren();
  at("enter").reset();
  for (const button of document.querySelectorAll("button")) button.disabled = false;
  for (const [id, hidden] of [["enter", false], ["leave", true], ["more", true]]) at(id).hidden = hidden;
  say("");
  warn("");
}

at("enter").addEventListener("submit", async (event) => {
  event.preventDefault();
  Object.assign(page, { program: at("program").value.trim(), key: at("key").value.trim(), next: null, waiting: 0 });
  const button = event.submitter ?? at("enter").querySelector("button");
  button.disabled = true;
  warn("");
  say("Opening…");
  try {
    await show();
    at("key").value = "";
    at("enter").hidden = true;
    at("leave").hidden = false;
    at("title").focus();
  } catch (error) {
    page.key = "";
    say("");
    warn(error.message);
    at("key").focus();
  } finally {
    button.disabled = false;
  }
});

at("more").addEventListener("click", async () => {
  warn("");
  at("more").disabled = true;
  try {
    const [first] = await show(page.next);
    first?.querySelector("h2").focus();
  } catch (error) {
    warn(error.message);
  } finally {
    at("more").disabled = false;
  }
});

at("leave").addEventListener("click", () => {
  leave();
  at("program").focus();
});

// A page that is kept for the way back must not keep the key.
addEventListener("pagehide", leave);
at("program").value = new URLSearchParams(location.search).get("program") ?? "";
