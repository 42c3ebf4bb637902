// Light or dark: the system decides until somebody chooses. A classic script, run before the first paint.
(() => {
  const KEY = "korrigo.theme";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function read() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // Storage may be forbidden; the system's theme is right then.
    }
  }

  const chosen = read();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    const system = dark.matches ? "dark" : "light";
    const next = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    // Back to what the system says: follow it again.
    if (next === system) delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      if (next === system) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, next);
    } catch {
      // The choice lasts as long as the page.
    }
  });
})();
