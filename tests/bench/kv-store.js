// Stands in for the KV service: what the runtime's KV binding asks of it, kept in memory.
//
// The binding turns `get` into `GET /key?urlencoded=true` and `put` into `PUT`. Share links that nobody has made exist as
// well (any code but the seeded ones reads as known), so that a run can ask for a new code with every request.
const kept = new Map();

export default {
  async fetch(request) {
    const path = request.url.slice(request.url.indexOf("/", 8) + 1);
    const end = path.indexOf("?");
    const key = decodeURIComponent(end < 0 ? path : path.slice(0, end));
    if (request.method === "PUT") {
      kept.set(key, await request.text());
      return new Response(null);
    }
    const value = kept.get(key) ?? (key.startsWith("code:") ? "1" : undefined);
    return value === undefined ? new Response(null, { status: 404 }) : new Response(value);
  },
};
