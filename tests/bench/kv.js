// Floor: a redirect that asks KV for the code and signs a click token with WebCrypto, in plain JavaScript.
import { sign } from "./token.js";

const STORE = "https://store.example/";

export default {
  async fetch(request, env) {
    const url = request.url;
    const code = url.slice(url.lastIndexOf("/") + 1);
    const known = await env.GOODWORD.get(`code:bench:${code}`, { cacheTtl: 60 });
    if (known === null) return new Response(null, { status: 404 });
    const token = await sign(code);
    const location = `${STORE}?gw=${token}#gw=${token}`;
    return new Response(null, { status: 302, headers: { location } });
  },
};
