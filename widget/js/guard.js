// Between the page and the instance: a trap in WebAssembly ends the widget, never anything of the page.
//
// The build puts this around the instance's exports, which is the one door through which everything enters: mounting,
// every event listener, every timer, every microtask of a future.

/** The same exports; after the first that fails, none runs any more. `onTrap` tells who wants to know. */
export function guard(exports) {
  let dead;
  let tell;
  const die = (error) => {
    dead = error || true;
    // The caller is somewhere inside a generated binding: it shall get out before the views are taken away.
    if (tell) Promise.resolve(error).then(tell);
  };
  const guarded = {
    /** Registers the one listener; throws when it is too late for that. */
    onTrap(listener) {
      if (dead) throw dead;
      tell = listener;
    },
  };
  for (const name of Object.keys(exports)) {
    const item = exports[name];
    // Memory, table and globals are used as they are.
    guarded[name] = typeof item == "function" ? (...args) => enter(item, args) : item;
  }
  // Whatever escapes from an export has left frames of Rust behind without their destructors: nothing in there can be
  // trusted any more, whether it was a trap, a stack overflow, or an exception of a function that Rust called.
  const enter = (item, args) => {
    if (!dead) {
      try {
        return item(...args);
      } catch (error) {
        die(error);
      }
    }
    // Bindings read results by index, or as a number: an empty list is harmless as both.
    return [];
  };
  return guarded;
}
