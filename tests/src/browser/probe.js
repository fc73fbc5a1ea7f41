// Runs before every script of every page: records what the page suffers, and what a page cannot tell afterwards.
(() => {
  const probe = { errors: [], violations: [], shift: 0, shifted: [], longTasks: [], shares: [], opened: [] };
  Object.defineProperty(window, "__probe", { value: probe });
  // A file that did not load is an event as well, on its element; it is no error of any script.
  addEventListener("error", (event) => event.target === window && probe.errors.push(event.message), true);
  addEventListener("unhandledrejection", (event) => probe.errors.push("rejected: " + String(event.reason)));
  addEventListener("securitypolicyviolation", (event) => probe.violations.push(event.effectiveDirective + " " + event.blockedURI));
  const watch = (type, take) => PerformanceObserver.supportedEntryTypes.includes(type) && new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch("layout-shift", (entry) => {
    if (entry.hadRecentInput) return;
    probe.shift += entry.value;
    for (const { node, previousRect: from, currentRect: to } of entry.sources) {
      const who = node ? node.nodeName + "#" + node.id : "?";
      const [was, is] = [from, to].map(({ x, y, width, height }) => [x, y, width, height].join(" "));
      probe.shifted.push(`${who} at ${Math.round(entry.startTime)} ms from ${was} to ${is}`);
    }
  });
  // Firefox reports no shifts: look at each frame where the page's elements begin. What a tap moves at once is its answer.
  const places = new WeakMap();
  let touched = -Infinity;
  const look = () => {
    for (const element of document.body?.querySelectorAll("*") ?? []) {
      const { x, y, width, height } = element.getBoundingClientRect();
      if (!width || !height) continue;
      const [was, is] = [places.get(element), [x + scrollX, y + scrollY]];
      if (was && Math.abs(was[0] - is[0]) < 1 && Math.abs(was[1] - is[1]) < 1) continue;
      places.set(element, is);
      if (!was || performance.now() - touched < 500) continue;
      probe.shift += 1;
      probe.shifted.push(`${element.nodeName}#${element.id} at ${Math.round(performance.now())} ms from ${was} to ${is}`);
    }
    requestAnimationFrame(look);
  };
  if (!PerformanceObserver.supportedEntryTypes.includes("layout-shift")) {
    for (const type of ["pointerdown", "keydown"]) addEventListener(type, () => (touched = performance.now()), true);
    requestAnimationFrame(look);
  }
  watch("longtask", (entry) => probe.longTasks.push(Math.round(entry.duration)));
  const { userActivation } = navigator;
  Object.defineProperty(Navigator.prototype, "share", {
    configurable: true,
    value: (data) => {
      probe.shares.push({ data, active: userActivation.isActive });
      return Promise.resolve();
    },
  });
  // A click that would leave for another app is written down and stays here. Capture on the window is the first to hear
  // of it, so the page's own listeners are let through before the navigation is stopped.
  const leave = (event) => {
    const link = event.composedPath().find((node) => node.localName === "a" && node.target === "_blank");
    if (!link) return;
    addEventListener("click", (bubbled) => { probe.opened.push(link.href); bubbled.preventDefault(); }, { once: true });
  };
  addEventListener("click", leave, true);
})();
