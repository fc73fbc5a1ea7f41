// News as they happen, for views in plain JavaScript: what `src/live.rs` is for the others.

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60000;

/** Calls `changed` whenever it is worth asking again, while the page is looked at. Returns what ends it. */
export function live(url, changed) {
  let socket;
  let pause = FIRST_PAUSE_MS;
  let over;
  const hangUp = () => {
    if (!socket) return;
    const closing = socket;
    socket = closing.onclose = closing.onmessage = undefined;
    // Closed before it is open, it would complain on the page's console.
    if (closing.readyState) closing.close();
    else closing.onopen = () => closing.close();
  };
  const connect = () => {
    hangUp();
    try {
      socket = new WebSocket(url);
    } catch (error) {
      return;
    }
    socket.onmessage = () => {
      pause = FIRST_PAUSE_MS;
      changed();
    };
    socket.onclose = () => {
      hangUp();
      setTimeout(resume, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    };
  };
  const resume = () => {
    if (socket || over || document.hidden) return;
    connect();
    changed();
  };
  const seen = () => (document.hidden ? hangUp() : resume());
  document.addEventListener("visibilitychange", seen);
  connect();
  return () => {
    over = true;
    hangUp();
    document.removeEventListener("visibilitychange", seen);
  };
}
