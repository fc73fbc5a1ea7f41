// Passes on what the ledger tells the Worker, and a release keeps from callers: the rows that a command has written.
import worker, { Ledger as Bare, Pulse, Tally } from "index.js";

const HEADER = "x-goodword-rows-written";
let written = "";

export class Ledger extends Bare {
  async fetch(request) {
    const response = await super.fetch(request);
    written = response.headers.get(HEADER) ?? "";
    return response;
  }
}

export { Pulse, Tally };

export default {
  async fetch(request, env, ctx) {
    const response = await worker.fetch(request, env, ctx);
    const told = new Response(response.body, response);
    told.headers.set(HEADER, written);
    return told;
  },
};
