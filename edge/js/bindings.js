// KV and rate limits, as far as they are used. The `worker` crate's own way to them turns every option into JavaScript and
// every answer back through serde, which is ten times these lines in compiled code.

/** The text under a key, kept for so many seconds where it was read; `null` when there is none. */
export async function read(env, binding, key, seconds) {
  return env[binding].get(key, { cacheTtl: seconds });
}

/** Puts a text under a key. */
export async function write(env, binding, key, text) {
  await env[binding].put(key, text);
}

/** Takes a key away. */
export async function remove(env, binding, key) {
  await env[binding].delete(key);
}

/** What the programs' keys go on with, a page after a cursor, as JSON; `null` when the cursor is none. */
export async function list(env, binding, prefix, after) {
  const page = await env[binding].list({ prefix, cursor: after }).catch((error) => {
    if (after === undefined) throw error;
  });
  if (!page) return null;
  const programs = page.keys.map(({ name }) => name.slice(prefix.length));
  return JSON.stringify({ programs, next: page.list_complete ? null : page.cursor });
}

/** Counts once under a key, and says whether that is within the limit. */
export async function count(env, binding, key) {
  return (await env[binding].limit({ key })).success;
}
