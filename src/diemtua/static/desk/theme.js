// Before the page is painted: the theme the person chose, or else what the machine prefers.
(() => {
  const stored = localStorage.getItem("dt-theme");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = stored || (dark ? "dark" : "light");
})();

// The menu as this person left it, before it is painted: which groups stand open. The present one always does.
(() => {
  let left = {};
  try { left = JSON.parse(localStorage.getItem("dt-menu")) || {}; } catch { /* what is not readable is forgotten */ }
  const menus = () => document.querySelectorAll("[data-menu-group]:not([data-menu-read])");
  const read = () => menus().forEach((g) => {
    g.dataset.menuRead = "";
    const want = left[g.dataset.menuGroup];
    if (want !== undefined && g.dataset.menuHere === undefined) g.open = want;
  });
  const seen = new MutationObserver(read);
  seen.observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => {
    seen.disconnect();
    read();
    const here = document.querySelector(".dt-sidebar [aria-current=page]");
    const side = here?.closest(".dt-sidebar");
    // Only the menu scrolls, never the page.
    if (side) {
      const pane = [here.closest(".navbar-collapse"), side].find((p) => p && p.scrollHeight > p.clientHeight + 1);
      const by = pane ? here.getBoundingClientRect().bottom - pane.getBoundingClientRect().bottom + 48 : 0;
      if (by > 48 && getComputedStyle(pane).overflowY !== "visible") pane.scrollTop += by;
    }
    // What a click or a key changes is kept; what the page sets is not.
    document.addEventListener("click", (e) => {
      const one = e.target.closest?.(".dt-menu-title")?.closest("[data-menu-group]");
      if (one) setTimeout(() => { left[one.dataset.menuGroup] = one.open; localStorage.setItem("dt-menu", JSON.stringify(left)); });
    });
  });
})();
