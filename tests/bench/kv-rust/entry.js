// The entry that a Rust Worker usually has: a class that hands every request to the compiled handler.
import { WorkerEntrypoint } from "cloudflare:workers";
import * as rust from "edge-glue";

export default class Entrypoint extends WorkerEntrypoint {
  async fetch(request) {
    return await rust.fetch(request, this.env, this.ctx);
  }
}
