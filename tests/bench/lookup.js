// Floor: a redirect that looks a code up in a map, in plain JavaScript, and does nothing else. No check of who asks, no
// token, no counts, no header but `Location`: less than any real Worker could do.
const STORE = "https://store.example/";
const codes = new Map();

export default {
  fetch(request) {
    if (request.method === "PUT") return keep(request);
    const url = request.url;
    const location = codes.get(url.slice(url.lastIndexOf("/") + 1));
    return location === undefined
      ? new Response(null, { status: 404 })
      : new Response(null, { status: 302, headers: { location } });
  },
};

async function keep(request) {
  for (const code of await request.json()) codes.set(code, STORE);
  return new Response("kept");
}
