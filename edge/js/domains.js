// The list of throw-away mail domains lies among the assets. A ledger reads it before the first order or event
// that its isolate decides, and goes without it when it is not there in time: then one signal is missing, and it decides all the same.

const PATH = "https://assets/lists/disposable-domains.bin";

// Nobody waits longer for it, and after a failure nobody asks for a while.
const PATIENCE_MS = 500;
const AGAIN_MS = 60_000;

let notBefore = 0;

/** A promise to wait for, which never fails; `undefined` when there is nothing to wait for. */
export function domains(rust, env) {
  if (rust.knows_domains() || Date.now() < notBefore) return undefined;
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
  return Promise.race([read(rust, env), late])
    .catch(() => {})
    .then(() => {
      clearTimeout(timer);
      if (!rust.knows_domains()) notBefore = Date.now() + AGAIN_MS;
    });
}

async function read(rust, env) {
  const answer = await env.ASSETS.fetch(PATH);
  if (answer.ok) rust.learn_domains(new Uint8Array(await answer.arrayBuffer()));
}
