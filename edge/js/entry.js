// The Worker's front door: hands every event to the Rust code, and keeps answering when that code has trapped.
//
// Two promises are kept here because only JavaScript can keep them. A redirect from memory is answered without a
// promise, which halves its cost. And a trap, which leaves a WebAssembly instance unusable for good, costs the calls
// that were under way a clean failure, never a hang, and the next call gets a new instance.
import { DurableObject } from "cloudflare:workers";
import * as rust from "edge-glue"; // what wasm-bindgen wrote; the build gives this name its path

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

// The same shape as every other error of the API (edge/src/error.rs). Writes are safe to repeat.
const unavailable = () =>
  new Response(
    '{"type":"urn:goodword:problem:unavailable","title":"unavailable","status":503,"code":"unavailable",' +
      '"detail":"the request was cut short; try again in a moment"}',
    {
      status: 503,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store", "retry-after": "2" },
    },
  );

// The headers of every redirect: only `location` changes. Kept, because making them anew costs more than signing.
const headers = new Headers({
  "cache-control": "no-store",
  "referrer-policy": "strict-origin",
  "x-robots-tag": "noindex",
});
const found = { status: 302, headers };

/** Answers a click from memory; `undefined` leaves it to the slow way. */
function redirect(request, path) {
  const asked = request.headers;
  if (request.method !== "GET" || asked.get("sec-purpose") !== null) return undefined;
  const location = rust.redirect(path, asked.get("user-agent") ?? "");
  if (location === undefined) return undefined;
  headers.set("location", location);
  return new Response(null, found);
}

export default {
  fetch(request, env, ctx) {
    const url = request.url;
    // "https://" has 8 characters: the first slash after them begins the path. `new URL` would cost more than the answer.
    const path = url.indexOf("/", 8);
    if (url.startsWith("/r/", path)) {
      try {
        revive();
        const response = redirect(request, url.slice(path));
        if (response !== undefined) {
          if (rust.flush_due()) ctx.waitUntil(call(() => rust.flush(env)).catch(() => {}));
          return response;
        }
      } catch {
        // A visitor is on the way to the shop: the slow way below, in a new instance, may still bring them there.
      }
    }
    return call(() => rust.fetch(request, env, ctx)).catch(unavailable);
  },
};

/** A Durable Object whose Rust half is made again whenever the instance that held it is gone. */
function durable(Rust) {
  return class extends DurableObject {
    #object;
    #instance;

    #call(method, ...args) {
      return call(() => {
        if (this.#instance !== state.instanceId) {
          this.#object = new Rust(this.ctx, this.env);
          this.#instance = state.instanceId;
        }
        return this.#object[method](...args);
      });
    }

    // A failure is passed on as a rejection: the caller's `fetch` fails at once, and an alarm is tried again.
    fetch(request) {
      return this.#call("fetch", request);
    }
    alarm() {
      return this.#call("alarm");
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
