// The only request that leaves for an address of somebody else's. In JavaScript it takes few bytes, and can be ended: a
// future that is dropped in Rust leaves its request, and one of the six connections, to go on.

/** Posts a signed event. Gives the status; fails when there is none in time. */
export async function post(address, id, timestamp, signature, body, patienceMs) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${patienceMs / 1_000} seconds`)), patienceMs);
  try {
    const response = await fetch(address, {
      method: "POST",
      // The address was checked; where it leads on to was not.
      redirect: "manual",
      signal: abort.signal,
      headers: {
        "content-type": "application/json",
        "user-agent": "Goodword/0.1 (+webhooks)",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature,
      },
      body,
    });
    // What it says is not read, and must not keep the connection.
    response.body?.cancel().catch(() => {});
    return response.status;
  } finally {
    clearTimeout(timer);
  }
}
