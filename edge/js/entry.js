// The Worker's front door: hands every event to the Rust code, and keeps answering when that code has trapped.
//
// Two promises are kept here because only JavaScript can keep them. A redirect from memory is answered without a
// promise, which halves its cost. And a trap, which leaves a WebAssembly instance unusable for good, costs the calls
// that were under way a clean failure, never a hang, and the next call gets a new instance.
import { DurableObject, env as bound } from "cloudflare:workers";
import * as rust from "edge-glue"; // what wasm-bindgen wrote; the build gives this name its path
import { domains } from "./domains.js";
import { inTime } from "./in-time.js";
import { secured, securedRedirect } from "./security.js";
import { wakeLedgers } from "./wake.js";

const state = rust.__worker_init_state(); // { criticalError, instanceId }; instanceId moves with every new instance
const underway = new Set(); // how to fail each call that waits for Rust
let trapped = false;

// The panic hook and the bindings' abort hook set this flag while the instance dies. Nothing will ever wake the
// futures of that instance again: without this, their callers would wait for as long as they are willing to.
Object.defineProperty(state, "criticalError", {
  get: () => trapped,
  set(value) {
    trapped = value;
    if (value) for (const fail of underway) fail(new Error("the Worker trapped and starts anew"));
  },
});

function revive() {
  if (!trapped) return;
  trapped = false;
  rust.__wbg_reset_state();
}

/** Runs one asynchronous call into Rust; it settles even when the instance dies under it. */
function call(start) {
  let fail;
  return new Promise((resolve, reject) => {
    underway.add((fail = reject));
    revive();
    start().then(resolve, reject);
  }).finally(() => underway.delete(fail));
}

// Below which path of a shop's own host this Worker answers (edge/src/config.rs); nothing at the root.
const BASE = bound.BASE_PATH ?? "";

// What the Worker answers itself; below its base everything else may be a file, which the platform only serves at the root.
const OURS = /^\/(?:v1|r|in|ledger|test|healthz)(?:[/?]|$)/;

/** A request below the base, as if it had come at the root; any other one as it is. */
function atRoot(request) {
  const url = request.url;
  const path = url.indexOf("/", 8);
  if (!url.startsWith(`${BASE}/`, path)) return request;
  return new Request(url.slice(0, path) + url.slice(path + BASE.length), request);
}

/** Answers a request below the base: with a file, if it is one. */
async function belowBase(asked, env, ctx) {
  const request = atRoot(asked);
  if (request !== asked && !OURS.test(request.url.slice(request.url.indexOf("/", 8)))) {
    const file = await env.ASSETS.fetch(request.clone());
    if (file.status !== 404) return file;
  }
  return answer(request, env, ctx);
}

// "https:" has its `s` where "http:" has its colon.
const isHttps = (url) => url.charCodeAt(4) === 115;

// The same shape as every other error of the API (edge/src/error.rs). Writes are safe to repeat.
const unavailable = (url) =>
  new Response(
    '{"type":"urn:goodword:problem:unavailable","title":"unavailable","status":503,"code":"unavailable",' +
      '"detail":"the request was cut short; try again in a moment"}',
    {
      status: 503,
      headers: secured(
        new Headers({ "content-type": "application/problem+json", "cache-control": "no-store", "retry-after": "2" }),
        isHttps(url),
      ),
    },
  );

// The headers of every redirect: only `location` changes. Kept, because making them anew costs more than signing.
const redirected = (overHttps) => ({
  status: 302,
  headers: securedRedirect(
    new Headers({
      "cache-control": "no-store",
      "referrer-policy": "strict-origin",
      "x-robots-tag": "noindex",
    }),
    overHttps,
  ),
});
const found = redirected(true);
const foundOverHttp = redirected(false);

// Seconds for which a data centre keeps what it has read of a code (edge/src/staleness.rs).
const CACHED = { cacheTtl: 60 };

/**
 * Whether the page itself goes there, as far as its browser tells: images, frames and scripts of some page ask for anything but
 * a document (edge/src/visitor.rs).
 */
function isFollowed(asked) {
  const destination = asked.get("sec-fetch-dest");
  if (destination !== null) return destination === "document";
  return (asked.get("sec-fetch-mode") ?? "navigate") === "navigate";
}

/** Answers a click from memory, or by one look into KV; `undefined` leaves it to the slow way. */
function redirect(request, path, env, ctx) {
  const asked = request.headers;
  if (request.method !== "GET" || asked.get("sec-purpose") !== null || !isFollowed(asked)) return undefined;
  const agent = asked.get("user-agent") ?? "";
  const referer = asked.get("referer") ?? undefined;
  const answer = rust.redirect(path, agent, referer);
  if (answer === undefined) return undefined;
  if (answer.startsWith("code:")) return throughKv(answer, request, path, [agent, referer], env, ctx);
  return leadTo(answer, request.url, env, ctx);
}

/** Answers a click with what KV says of its code; whatever is unusual goes the slow way, which will not ask KV again. */
async function throughKv(key, request, path, visitor, env, ctx) {
  try {
    if (rust.is_guessing(request.headers.get("cf-connecting-ip") ?? "")) return usual(request, env, ctx);
    // Not heard of in time is not known: a visitor is on the way to the shop.
    const value = await inTime(env.GOODWORD.get(key, CACHED)).catch(() => undefined);
    revive();
    const location = rust.redirect_found(path, ...visitor, value === undefined ? undefined : value !== null);
    if (location !== undefined) return leadTo(location, request.url, env, ctx);
  } catch {
    // As below.
  }
  return usual(request, env, ctx);
}

function leadTo(location, url, env, ctx) {
  const answer = isHttps(url) ? found : foundOverHttp;
  answer.headers.set("location", location);
  if (rust.flush_due()) ctx.waitUntil(call(() => rust.flush(env)).catch(() => {}));
  return new Response(null, answer);
}

/** The usual asynchronous handler. */
const usual = (request, env, ctx) =>
  call(() => rust.fetch(request, env, ctx)).then(
    (response) => {
      // A socket's answer cannot be given headers, and needs none.
      if (response.status !== 101) secured(response.headers, isHttps(request.url));
      return response;
    },
    () => unavailable(request.url),
  );

// An order report goes to the ledger of its program by the shortest way, because nothing but the ledger can judge it.
const REPORT = /^\/v1\/programs\/([a-z0-9-]{1,32})\/orders(?:\?|$)/;

// What is judged by its buyer's address, in the address of a request that has taken the usual way: orders, and events.
const JUDGED = /\/(?:orders|events)(?:\?|$)/;

// Reports in pieces, or longer than this, are read by the Worker, which has an answer for each of them.
const BODY_MAX = 65_536;

// A longer URL is refused by the usual way (edge/src/error.rs).
const URL_MAX = 8_192;

// Faults on purpose that only the usual way to an object has.
const SLOW_FAULTS = ["hang", "forget", "trap"];

// How long an object hangs on purpose: longer than anybody waits.
const HANGS_MS = 60_000;

// When an alarm that was cut short rings again (edge/src/ledger/agenda.rs); sooner where a test waits for it.
const SECOND_NET_MS = DEVELOPMENT ? 5_000 : 300_000;

// What a platform sends goes the same way (edge/src/ledger/commands/hook.rs).
const DELIVERY = /^\/in\/([a-z0-9-]{1,32})\/[^/?]{1,64}(?:\?|$)/;

// The longest of it, in pieces or not.
const DELIVERY_MAX = 1_048_576;

/** The program to which a platform sends this; nothing when it is none, or one for the Worker. */
function delivered(request, path) {
  if (request.method !== "POST" || request.url.length > URL_MAX) return undefined;
  if (Number(request.headers.get("content-length")) > DELIVERY_MAX) return undefined;
  return DELIVERY.exec(path)?.[1];
}

/** The program whose report this is; nothing when it is none, or one for the Worker. */
function reported(request, path) {
  if (request.method !== "POST") return undefined;
  if (request.url.length > URL_MAX) return undefined;
  const length = Number(request.headers.get("content-length"));
  if (!(length > 0 && length <= BODY_MAX)) return undefined;
  // Without a signature it is refused here, and wakes no ledger.
  if (request.headers.get("webhook-signature") === null) return undefined;
  if (DEVELOPMENT && SLOW_FAULTS.includes(request.headers.get("x-goodword-fault"))) return undefined;
  return REPORT.exec(path)?.[1];
}

// The headers of every recorded report, kept like those of a redirect: only the rows change.
const json = (overHttps) => secured(new Headers({ "content-type": "application/json", "cache-control": "no-store" }), overHttps);
const recorded = json(true);
const recordedOverHttp = json(false);

/** Takes a report to its ledger; a rejection when that takes too long. */
function report(program, request, env, ctx) {
  const said = request.headers;
  const answer = request
    .arrayBuffer()
    .then((body) =>
      DEVELOPMENT
        ? env.LEDGER.getByName(program).report(head(program, request), body, fault(said))
        : env.LEDGER.getByName(program).report(head(program, request), body),
    )
    .then((text) => {
      const response = answered(text, isHttps(request.url));
      // Only bad ones are counted, after the fact: no limit is in the way of a good report.
      if (response.status === 401 || response.status === 404) ctx.waitUntil(countBad(env, said).catch(() => {}));
      return response;
    });
  return inTime(answer);
}

/** Takes what a platform sends to its ledger, which knows by which header it signs. */
async function deliver(program, request, env, ctx) {
  const { headers, url } = request;
  const body = await inTime(upTo(DELIVERY_MAX, request));
  // The usual way has an answer for what is too long.
  if (body === undefined) return usual(request, env, ctx);
  let said = `${program}\n${url}\n${headers.get("cf-connecting-ip") ?? "\0"}`;
  for (const [name, value] of headers) said += `\n${name}:${value}`;
  // Nobody is shut out here: all shops of a platform send from its few addresses, and one could shut out all others.
  return inTime(env.LEDGER.getByName(program).hook(said, body).then((text) => answered(text, isHttps(url))));
}

/** A body of so many bytes at most; nothing of a longer one. */
async function upTo(most, { body }) {
  const chunks = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return new Blob(chunks).arrayBuffer();
}

// What a ledger is told of a report besides its body, as one text (edge/src/ledger/intake.rs).
const HEAD = ["cf-connecting-ip", "webhook-id", "webhook-timestamp", "webhook-signature", "idempotency-key"];

function head(program, request) {
  let text = `${program}\n${request.url}`;
  for (const name of HEAD) text += `\n${request.headers.get(name) ?? "\0"}`;
  return text;
}

/** The answer that a ledger's text makes. */
function answered(text, overHttps) {
  const end = text.indexOf("\n");
  const [said, rows, retryAfter] = text.slice(0, end).split(" ");
  const status = Number(said);
  const body = text.slice(end + 1);
  if (status < 400) {
    // What the platform bills the merchant for this order: whoever signed it may know.
    const headers = overHttps ? recorded : recordedOverHttp;
    headers.set("x-goodword-rows-written", rows);
    return new Response(body, { status, headers });
  }
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (retryAfter) headers.set("retry-after", retryAfter);
  return new Response(body, { status, headers: secured(headers, overHttps) });
}

/** What tells a caller from all others (edge/src/visitor.rs). */
const callerOf = (said) => [said.get("cf-connecting-ip") ?? "", said.get("cf-worker") ?? ""];

/** Whether too many bad credentials came from a caller of late. */
function shutOut(said) {
  try {
    revive();
    return rust.is_shut_out(...callerOf(said));
  } catch {
    return false;
  }
}

/** Counts a bad signature, or a program that is none, with all that its caller has guessed (edge/src/app.rs). */
async function countBad(env, said) {
  revive();
  const caller = rust.caller_of(...callerOf(said));
  const { success } = await env.READS.limit({ key: `credentials/${caller}` });
  if (success) return;
  revive();
  rust.shut_out(caller);
}

/** The answer when the ledger gave none. */
function unheard(error, url) {
  console.error("[goodword] report:", String(error));
  return unavailable(url);
}

function fault(said) {
  const statements = said.get("x-goodword-fault");
  return statements === null ? undefined : Number(statements);
}

/** Answers a request at the root. */
function answer(request, env, ctx) {
  const url = request.url;
  // "https://" has 8 characters: the first slash after them begins the path. `new URL` would cost more than the answer.
  const path = url.indexOf("/", 8);
  if (url.startsWith("/r/", path)) {
    try {
      revive();
      const response = redirect(request, url.slice(path), env, ctx);
      if (response !== undefined) return response;
    } catch {
      // A visitor is on the way to the shop: the slow way below, in a new instance, may still bring them there.
    }
  }
  const program = reported(request, url.slice(path));
  if (program) {
    // Whoever is shut out is told so by the slow way.
    if (!shutOut(request.headers)) return report(program, request, env, ctx).catch((error) => unheard(error, url));
  }
  const to = delivered(request, url.slice(path));
  if (to) return deliver(to, request, env, ctx).catch((error) => unheard(error, url));
  return usual(request, env, ctx);
}

export default {
  fetch: BASE === "" ? answer : belowBase,
  scheduled(controller, env) {
    return wakeLedgers(env, Math.floor(controller.scheduledTime / 3_600_000));
  },
};

/** A Durable Object whose Rust half is made again whenever the instance that held it is gone. */
function durable(Rust) {
  return class extends DurableObject {
    #object;
    #instance;

    #rust() {
      if (this.#instance !== state.instanceId) {
        this.#object = new Rust(this.ctx, this.env);
        this.#instance = state.instanceId;
      }
      return this.#object;
    }

    #call(method, ...args) {
      return call(() => this.#rust()[method](...args));
    }

    /** Calls what judges buyers' addresses: synchronously, but for the first order of an isolate. */
    #judge(method, ...args) {
      revive();
      const record = () => {
        revive();
        return this.#rust()[method](...args);
      };
      const list = domains(rust, this.env);
      return list === undefined ? record() : list.then(record);
    }

    /** The ledger's entrance for reports; what it throws is the caller's rejection. */
    report(head, body, fault) {
      return this.#judge("report", head, new Uint8Array(body), fault);
    }

    /** The same for what a platform sends. */
    hook(head, body) {
      return this.#judge("hook", head, new Uint8Array(body));
    }

    /** The ledger's entrance for what the Worker has read and passes on. */
    async command(parts, fault) {
      // As if the object were never to answer; other faults are made in Rust.
      if (DEVELOPMENT && fault === "hang") await new Promise((resolve) => setTimeout(resolve, HANGS_MS));
      revive();
      if (JUDGED.test(parts[1])) await domains(rust, this.env);
      revive();
      return this.#rust().command(parts, fault);
    }

    /** The cron's entrance. */
    wake(program) {
      revive();
      this.#rust().wake(program);
    }

    // A failure is passed on as a rejection: the caller's `fetch` fails at once.
    fetch(request) {
      return this.#call("fetch", request);
    }
    alarm() {
      // The platform gives up on an alarm that fails too often: one that was cut short by a trap rings again instead.
      // A command may have set it meanwhile, and sooner.
      return this.#call("alarm").catch(async () => {
        const net = Date.now() + SECOND_NET_MS;
        const set = await this.ctx.storage.getAlarm();
        if (set === null || set > net) await this.ctx.storage.setAlarm(net);
      });
    }
    webSocketMessage(socket, message) {
      return this.#call("webSocketMessage", socket, message);
    }
    webSocketClose(socket, code, reason, clean) {
      return this.#call("webSocketClose", socket, code, reason, clean);
    }
    webSocketError(socket, error) {
      return this.#call("webSocketError", socket, error);
    }
  };
}

export const Ledger = durable(rust.Ledger);
export const Tally = durable(rust.Tally);
export const Pulse = durable(rust.Pulse);
