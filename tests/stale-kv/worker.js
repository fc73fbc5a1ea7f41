// A KV that is as stale as it may be: what it has read once, it answers for as long as the reader allows (`cacheTtl`), whatever
// was written meanwhile. Cloudflare's does so in each data centre; the one of `wrangler dev` always knows the newest.
import { WorkerEntrypoint } from "cloudflare:workers";

const written = new Map();
const read = new Map(); // key: [what was read, until when it is answered]

export class StaleKv extends WorkerEntrypoint {
  async get(key, { cacheTtl }) {
    const now = Date.now();
    const kept = read.get(key);
    if (kept && now < kept[1]) return kept[0];
    const value = written.get(key) ?? null;
    // That there is nothing is kept as well, but not here: a program that was just made would be missing.
    if (value !== null) read.set(key, [value, now + cacheTtl * 1_000]);
    return value;
  }

  async put(key, value) {
    written.set(key, value);
  }

  async list() {
    return { keys: [], list_complete: true };
  }
}

export default { fetch: () => new Response("a KV", { status: 404 }) };
