// Before the page is painted: the theme the person chose, or else what the machine prefers.
(() => {
  const stored = localStorage.getItem("dt-theme");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = stored || (dark ? "dark" : "light");
})();
