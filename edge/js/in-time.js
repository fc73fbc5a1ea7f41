// As long as any call to an object may take (edge/src/adapters/ledger.rs).
const PATIENCE_MS = 5_000;

/** What a promise gives, or a rejection when that takes too long. */
export function inTime(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer in time")), PATIENCE_MS);
    promise.then(resolve, reject).then(() => clearTimeout(timer));
  });
}
