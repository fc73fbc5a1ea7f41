// The cron looks after lost alarms.
//
// Alarms are set in the step that makes something due; should one be lost all the same, what waits would wait for the next
// command, which on a quiet program may be days away.
import { inTime } from "./in-time.js";

// Ledgers that one run looks after: a run may make a thousand calls.
const WOKEN_MAX = 500;

// Calls under way at once: a Worker has six connections.
const AT_ONCE = 6;

/**
 * Asks every ledger whether it has forgotten something. The default program's comes first and whatever happens, because its
 * record may be the very thing that waits; then those that KV lists, as far as it does. Of very many, each run takes others.
 */
export async function wakeLedgers(env, run) {
  const first = env.DEFAULT_PROGRAM;
  if (first) await wake(env, first);
  const others = (await listed(env)).filter((program) => program !== first);
  const count = Math.min(others.length, WOKEN_MAX);
  let taken = 0;
  const inTurn = async () => {
    while (taken < count) await wake(env, others[(run * WOKEN_MAX + taken++) % others.length]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
}

/** One that does not answer keeps no other from its turn. */
async function wake(env, program) {
  try {
    await inTime(env.LEDGER.getByName(program).wake(program));
  } catch (error) {
    console.error("[goodword] cron:", program, String(error));
  }
}

/** Programs as KV lists them; those that came before it failed, if it does. */
async function listed(env) {
  const programs = [];
  try {
    let cursor;
    do {
      const page = await inTime(env.GOODWORD.list({ prefix: "program:", cursor }));
      for (const { name } of page.keys) programs.push(name.slice("program:".length));
      cursor = page.list_complete ? undefined : page.cursor;
    } while (cursor);
  } catch (error) {
    console.error("[goodword] cron: programs:", String(error));
  }
  return programs;
}
