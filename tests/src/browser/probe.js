// Runs before every script of every page: records what the page suffers, and what a page cannot tell afterwards.
(() => {
  const probe = { errors: [], violations: [], shift: 0, shifted: [], longTasks: [], shares: [], opened: [] };
  Object.defineProperty(window, "__probe", { value: probe });
  // A file that did not load is an event as well, on its element; it is no error of any script.
  addEventListener("error", (event) => event.target === window && probe.errors.push(event.message), true);
  addEventListener("unhandledrejection", (event) => probe.errors.push("rejected: " + String(event.reason)));
  addEventListener("securitypolicyviolation", (event) => probe.violations.push(event.effectiveDirective + " " + event.blockedURI));
  const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch("layout-shift", (entry) => {
    if (entry.hadRecentInput) return;
    probe.shift += entry.value;
    for (const { node, previousRect: from, currentRect: to } of entry.sources) {
      const who = node ? node.nodeName + "#" + node.id : "?";
      const [was, is] = [from, to].map(({ x, y, width, height }) => [x, y, width, height].join(" "));
      probe.shifted.push(`${who} at ${Math.round(entry.startTime)} ms from ${was} to ${is}`);
    }
  });
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
