// The desk's own behaviour; every page works without it but for what cannot (looking up, the picture).
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];

  if (window.htmx) { htmx.config.includeIndicatorStyles = false; htmx.config.allowEval = false; }

  // --- theme
  $$("[data-theme-toggle]").forEach((b) => b.addEventListener("click", () => {
    const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    document.documentElement.dataset.bsTheme = next;
    localStorage.setItem("dt-theme", next);
  }));

  // --- choosing records, places and codes
  const say = document.body?.dataset ?? {};
  const nothing = () => { const box = document.createElement("div"); box.className = "no-results"; box.textContent = say.nothing; return box; };
  const grown = (el, settings) => {
    const plugins = el.multiple ? { remove_button: { title: say.remove } } : el.required ? {} : { clear_button: { title: say.clear } };
    new TomSelect(el, { ...settings, plugins, render: { no_results: nothing, ...settings.render } });
    // The box that has grown out of it is what people use: the label leads there.
    el.setAttribute("aria-hidden", "true");
  };
  const enhance = (root) => {
    if (!window.TomSelect) return;
    $$("select[data-lookup]", root).forEach((el) => {
      if (el.tomselect || el.closest("template")) return;
      grown(el, {
        valueField: "value", labelField: "text", searchField: [], maxOptions: 30, preload: "focus",
        load: (q, done) => fetch(`${el.dataset.lookup}?q=${encodeURIComponent(q)}`)
          .then((r) => r.json()).then((d) => done(d.results)).catch(() => done()),
        shouldLoad: () => true,
        onType() { this.clearOptions(); },
        score: () => () => 1,
        render: { option: (d, esc) => `<div><div>${esc(d.text)}</div>${d.hint ? `<small class="text-secondary">${esc(d.hint)}</small>` : ""}</div>` },
      });
    });
    $$("select[data-choices]", root).forEach((el) => {
      if (el.tomselect || el.closest("template")) return;
      grown(el, { maxOptions: 400 });
    });
  };
  // On a narrow screen the chain begins at the record it is about.
  const centre = (root) => $$(".dt-chain", root).forEach((el) => {
    const here = $(".here", el);
    if (!here) return;
    const at = here.getBoundingClientRect(), view = el.getBoundingClientRect();
    if (at.right > view.right) el.scrollLeft += at.left - view.left - (view.width - at.width) / 2;
  });
  const ready = () => { enhance(document); centre(document); };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", ready) : ready();
  document.addEventListener("htmx:load", (e) => { enhance(e.target); centre(e.target); });

  // --- rows of a form
  document.addEventListener("click", (e) => {
    const add = e.target.closest("[data-add]");
    if (!add) return;
    const set = add.closest("[data-set]");
    const total = $(`[name="${set.dataset.set}-TOTAL_FORMS"]`, set);
    const html = $("template", set).innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const rows = $("[data-rows]", set);
    rows.insertAdjacentHTML("beforeend", html);
    enhance(rows.lastElementChild);
    const first = $("input:not([type=hidden]):not([type=checkbox]), select, textarea", rows.lastElementChild);
    first && (first.tomselect ? first.tomselect.focus() : first.focus());
  });

  // --- leaving a form with something typed asks first
  $$("form[data-guard]").forEach((form) => {
    let dirty = false;
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { dirty = false; });
    window.addEventListener("beforeunload", (e) => { if (dirty) e.preventDefault(); });
  });
  const focus = $("[data-focus]");
  if (focus) focus.focus();

  // --- likely duplicates while typing
  const title = $("form[data-kind] #id_title");
  const box = $("[data-duplicates]");
  if (title && box && !$("[name=version]")) {
    let timer;
    title.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const kind = title.form.dataset.kind;
        fetch(`/desk/similar/${kind}/?q=${encodeURIComponent(title.value)}`).then((r) => r.ok ? r.text() : "").then((t) => { box.innerHTML = t; });
      }, 300);
    });
  }

  // --- bulk
  document.addEventListener("change", (e) => {
    if (e.target.matches("[data-pick-all]")) $$("[data-pick]").forEach((b) => { b.checked = e.target.checked; });
    if (e.target.matches("[data-pick], [data-pick-all]")) {
      const n = $$("[data-pick]:checked").length;
      const bar = $("[data-bulk]");
      if (bar) { bar.hidden = n === 0; $("[data-picked]", bar).textContent = n; }
    }
  });

  // --- palette
  const palette = $("#dt-palette");
  const input = $("#dt-palette-input");
  const open = () => { if (palette && !palette.open) { palette.showModal(); input.select(); htmx.trigger(input, "dt-open"); } };
  $$("[data-palette]").forEach((b) => b.addEventListener("click", open));
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") { e.preventDefault(); open(); }
  });
  if (palette) {
    const hits = () => $$(".dt-hit", palette);
    const mark = (i) => {
      const all = hits();
      all.forEach((h, n) => h.setAttribute("aria-selected", n === i));
      if (all[i]) { all[i].scrollIntoView({ block: "nearest" }); input.setAttribute("aria-activedescendant", all[i].id); }
    };
    const at = () => hits().findIndex((h) => h.getAttribute("aria-selected") === "true");
    palette.addEventListener("keydown", (e) => {
      const n = hits().length;
      if (e.key === "ArrowDown" && n) { e.preventDefault(); mark((at() + 1) % n); }
      if (e.key === "ArrowUp" && n) { e.preventDefault(); mark((at() - 1 + n) % n); }
      if (e.key === "Enter" && at() >= 0) { e.preventDefault(); hits()[at()].click(); }
    });
    palette.addEventListener("click", (e) => { if (e.target === palette) palette.close(); });
  }

  // --- a text to copy: without the clipboard (plain http) it is selected, ready for Ctrl+C
  document.addEventListener("click", (e) => {
    if (e.target.matches("[data-select]")) e.target.select();
    const copy = e.target.closest("[data-copy]");
    if (!copy) return;
    const field = $(copy.dataset.copy);
    field.focus();
    field.select();
    const done = () => { $("span", copy).textContent = copy.dataset.copied; };
    if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done).catch(() => {});
    else if (document.execCommand("copy")) done();
  });

  // --- files: say the limit before a long upload
  document.addEventListener("change", (e) => {
    const f = e.target;
    if (f.type === "file" && f.dataset.limit && f.files[0] && f.files[0].size > Number(f.dataset.limit)) {
      f.setCustomValidity(f.dataset.tooLarge); f.reportValidity();
    } else if (f.type === "file") f.setCustomValidity("");
  });
  document.addEventListener("submit", (e) => {
    const busy = $("[data-busy]", e.target);
    if (busy) busy.hidden = false;
  });
  document.addEventListener("click", (e) => {
    const ask = e.target.closest("[data-confirm]");
    if (ask && !confirm(ask.dataset.confirm)) { e.preventDefault(); e.stopPropagation(); }
  }, true);
})();
