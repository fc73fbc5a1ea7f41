// Floor: a redirect that looks a code up in a map and signs a click token with WebCrypto, in plain JavaScript.
import { sign } from "./token.js";

const STORE = "https://store.example/";
const codes = new Map();

export default {
  async fetch(request) {
    if (request.method === "PUT") return keep(request);
    const url = request.url;
    const code = url.slice(url.lastIndexOf("/") + 1);
    const store = codes.get(code);
    if (store === undefined) return new Response(null, { status: 404 });
    const token = await sign(code);
    const location = `${store}?gw=${token}#gw=${token}`;
    return new Response(null, { status: 302, headers: { location } });
  },
};

async function keep(request) {
  for (const code of await request.json()) codes.set(code, STORE);
  return new Response("kept");
}
