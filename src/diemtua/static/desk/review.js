// The review page: decisions one after another without leaving the page, by mouse and by keyboard.
// Without this script every button still works; the page then comes back whole.
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const root = $("[data-review]");
  if (!root) return;
  const facts = $("#rv-facts");
  const scroll = $(".rv-scroll", root);
  const form = $("#rv-form");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const narrow = matchMedia("(max-width: 991.98px)");
  let current = null; // number of the line one is at

  // --- saying -------------------------------------------------------------------------------------
  const say = (text) => { const box = $("#rv-said"); if (box) box.textContent = text; };
  const warn = (text) => {
    say(text);
    $$(".rv-lost").forEach((e) => e.remove());
    const box = document.createElement("div");
    box.className = "alert alert-danger rv-lost";
    box.setAttribute("role", "alert");
    box.textContent = text;
    $("#rv-bar").after(box);
  };

  // --- where one is -------------------------------------------------------------------------------
  const lines = () => $$(".rv-line", facts).filter((l) => l.offsetParent !== null);
  const isOpen = (line) => line.dataset.state === "open" && !line.classList.contains("is-busy");
  const lineOf = (id) => (id ? $(`#l${id}`) : null);
  const groupOf = (el) => el && el.closest(".rv-group");

  const light = (line, { jump = false } = {}) => {
    $$(".rv-mark.is-current", scroll).forEach((m) => m.classList.remove("is-current", "is-word"));
    if (!line) return;
    const group = groupOf(line).dataset.group;
    const ids = (line.dataset.all || line.dataset.line).trim().split(" ");
    const marks = $$(ids.map((id) => `.rv-mark[data-p~="${id}"]`).join(), scroll);
    marks.forEach((m) => {
      m.classList.add("is-current");
      m.classList.toggle("is-word", (m.dataset.s || "").split(" ").includes(group));
    });
    if (marks.length && jump && narrow.matches) marks[0].scrollIntoView({ block: "center" });
    else if (marks.length && jump) {
      const seen = scroll.getBoundingClientRect(), first = marks[0].getBoundingClientRect();
      const last = marks[marks.length - 1].getBoundingClientRect();
      if (first.top < seen.top || last.bottom > seen.bottom) {
        scroll.scrollTo({ top: scroll.scrollTop + first.top - seen.top - seen.height / 4, behavior: calm ? "auto" : "smooth" });
      }
    }
  };
  const stand = (line, { focus = false, jump = true } = {}) => {
    $$(".rv-line.is-current", facts).forEach((l) => l !== line && l.classList.remove("is-current"));
    current = line ? line.dataset.line : null;
    if (!line) return light(null);
    line.classList.add("is-current");
    light(line, { jump });
    if (!focus) return;
    line.focus({ preventScroll: true });
    reveal(line);
  };
  /** Scroll the page until a fact is in sight, the first of a record with the record's head. */
  const reveal = (line) => {
    const box = line.getBoundingClientRect(), group = groupOf(line);
    const first = $$(".rv-line", group).find((l) => l.offsetParent !== null) === line;
    const top = first ? group.getBoundingClientRect().top : box.top;
    const free = narrow.matches ? $(".rv-tabs").getBoundingClientRect().bottom : $("#rv-bar").getBoundingClientRect().bottom;
    if (top < free + 8) scrollBy(0, top - free - 8);
    else if (box.bottom > innerHeight - 16) scrollBy(0, box.bottom - innerHeight * 2 / 3);
  };
  const step = (by) => {
    const all = lines();
    const at = all.findIndex((l) => l.dataset.line === current);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (next) stand(next, { focus: true });
  };
  const unfold = (group) => {
    group.classList.add("is-unfolded");
    stand($(".rv-line:not(.rv-summary)", group), { focus: true });
  };
  /** The open line that follows, outside of `group` where one is given; else the one before. */
  const following = (line, group) => {
    const all = lines();
    const shown = all.indexOf(line);
    // A folded fact stands where its record does.
    const at = shown < 0 ? all.findLastIndex((l) => groupOf(l) === groupOf(line)) : shown;
    const fits = (l) => isOpen(l) && l !== line && (!group || groupOf(l) !== group);
    return all.slice(at + 1).find(fits) || all.slice(0, Math.max(at, 0)).reverse().find(fits) || null;
  };
  // A line opens when it is stood on: not under the pressed finger, or the button would slip away from it.
  let pressed = false;
  addEventListener("pointerdown", () => { pressed = true; });
  ["pointerup", "pointercancel"].forEach((name) => addEventListener(name, () => { pressed = false; }));
  facts?.addEventListener("focusin", (e) => {
    const line = e.target.closest(".rv-line");
    if (line && line.dataset.line !== current && !pressed) stand(line);
  });
  facts?.addEventListener("click", (e) => {
    const line = e.target.closest(".rv-line");
    if (line && !e.target.closest("a, button, input, select, textarea, label")) stand(line, { focus: !getSelection().toString() });
  });

  // --- marks follow decisions ---------------------------------------------------------------------
  const states = new Map();
  const URGENT = ["open", "rejected", "mended", "accepted"];
  const recolour = () => {
    let changed = false;
    $$(".rv-line:not(.rv-summary)", facts).forEach((l) => {
      if (states.get(l.dataset.line) !== l.dataset.state) { states.set(l.dataset.line, l.dataset.state); changed = true; }
    });
    if (!changed) return;
    $$(".rv-mark[data-p]", scroll).forEach((m) => {
      const known = m.dataset.p.split(" ").map((p) => states.get(p)).filter(Boolean);
      const state = URGENT.find((s) => known.includes(s));
      if (!state) return;
      URGENT.forEach((s) => m.classList.toggle(`is-${s}`, s === state));
    });
  };

  // --- deciding -----------------------------------------------------------------------------------
  // One after another, so that no answer overtakes an earlier one.
  let queue = Promise.resolve();
  const busy = new Set();
  const mark = () => busy.forEach((id) => lineOf(id)?.classList.add("is-busy"));
  const send = (path, values, group, touched) => {
    touched.forEach((id) => busy.add(id));
    mark();
    const go = () => htmx.ajax("POST", path, {
      source: facts,
      target: group ? `#g${group}` : facts,
      // At once: what was decided is read from the new elements right after.
      swap: group ? "outerHTML settle:0ms" : "none settle:0ms",
      values: {
        ...values, group: group || "", show: form.elements.show.value, page: form.elements.page.value,
        groups: $$(".rv-group", facts).map((g) => g.dataset.group).join(","),
      },
    });
    // What takes longer than a second is seen to be under way.
    const wait = $("[data-wait]", root);
    const slow = setTimeout(() => { if (wait) wait.hidden = false; }, 1000);
    const done = () => { clearTimeout(slow); if (wait) wait.hidden = true; touched.forEach((id) => { busy.delete(id); lineOf(id)?.classList.remove("is-busy"); }); mark(); };
    queue = queue.then(go).then(done, done);
    return queue;
  };
  const decide = (what, { group, record } = {}) => {
    $$(".rv-lost").forEach((e) => e.remove());
    const [word, id] = what.split("-");
    const box = group || (["accept", "reject", "reopen"].includes(word) || (word === "undo" && id) ? groupOf(lineOf(id)) : null);
    let touched = [];
    const was = current;
    if (word === "accept" || word === "reject") touched = [id];
    if (word === "all" || word === "none") {
      touched = $$(".rv-line:not(.rv-summary)", box).filter((l) => isOpen(l) && (word === "none" || "sure" in l.dataset)).map((l) => l.dataset.line);
    }
    if (touched.length) {
      const from = lineOf(touched[touched.length - 1]);
      const whole = word === "all" || word === "none";
      const left = whole && $$(".rv-line:not(.rv-summary)", box).find((l) => isOpen(l) && !touched.includes(l.dataset.line));
      const next = left || following(from, whole ? box : null);
      if (!lineOf(current) || groupOf(lineOf(current)) === box) stand(next || from, { focus: true });
    }
    const values = { do: what };
    if (record) values.record = record;
    send(root.dataset.decide, values, box ? box.dataset.group : "", touched).then(() => restore(was, touched.length));
  };
  /** After a swap the line one was at is a new element: it gets the focus if nothing else has it. */
  const restore = (was, moved) => {
    mark();
    recolour();
    // After taking back one is where that was.
    const bar = $("#rv-bar");
    const back = lineOf(bar.dataset.at);
    let line = back || lineOf(current) || lineOf(was);
    // What went along with the decision may have been the next one.
    const passed = line && !back && moved && !isOpen(line);
    if (passed) line = following(line) || line;
    delete bar.dataset.at;
    const lost = back || passed || !document.activeElement || document.activeElement === document.body || !document.contains(document.activeElement);
    if (line) stand(line, { focus: lost, jump: lost });
    if (line && moved) reveal(line); // records before it may have grown
    if (bar.dataset.open === "0" && !$(".rv-finished")) location.assign(`${root.dataset.page}`);
  };

  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-do]");
    if (!button || !root.contains(button) || !window.htmx) return;
    e.preventDefault();
    decide(button.dataset.do, { group: groupOf(button), record: button.dataset.record });
  });
  document.addEventListener("submit", (e) => {
    const other = e.target.closest("[data-other-form]");
    if (other && window.htmx) {
      e.preventDefault();
      if (other.elements.record.value) decide(other.elements.do.value, { group: groupOf(other), record: other.elements.record.value });
      return;
    }
    const mended = e.target.closest("[data-mend-form]");
    if (mended && window.htmx && groupOf(mended)) {
      e.preventDefault();
      saveMended(mended);
    }
  });

  // --- another value ------------------------------------------------------------------------------
  const slotOf = (id) => $(`#l${id} [data-slot]`);
  const openMend = (id) => {
    const slot = slotOf(id);
    if (!slot) return;
    const path = $(`#l${id} [data-mend]`)?.getAttribute("href");
    if (!path) return;
    htmx.ajax("GET", `${path}?show=${form.elements.show.value}&page=${form.elements.page.value}`, { source: slot, target: slot, swap: "innerHTML" }).then(() => {
      const first = $("input:not([type=hidden]), select, textarea", slot);
      first && (first.tomselect ? first.tomselect.focus() : first.focus());
      lineOf(id).classList.add("is-mending");
    });
  };
  const saveMended = (mended) => {
    const line = mended.closest(".rv-line");
    const group = groupOf(line);
    const data = new FormData(mended);
    data.set("group", group.dataset.group);
    data.set("groups", $$(".rv-group", facts).map((g) => g.dataset.group).join(","));
    const values = {};
    for (const [name, value] of data) values[name] = name in values ? [].concat(values[name], value) : value;
    const slot = $("[data-slot]", line);
    // The form comes back when something is wrong with it, the record when it is accepted.
    queue = queue.then(() => htmx.ajax("POST", mended.getAttribute("action"), { source: slot, target: slot, swap: "innerHTML settle:0ms", values })).then(() => restore(line.dataset.line, 1), () => {});
  };
  // What comes back tells where it belongs: a form stays in its line, a record takes the place of its group.
  document.body.addEventListener("htmx:beforeSwap", (e) => {
    const group = groupOf(e.detail.target);
    if (!e.detail.target.matches("[data-slot]") || !/^\s*<div class="card rv-group/.test(e.detail.serverResponse)) return;
    e.detail.target = group;
    e.detail.swapOverride = "outerHTML settle:0ms";
  });
  const close = (el) => {
    const dialog = el.closest("dialog");
    if (dialog) return dialog.close();
    const other = el.closest("[data-other-form]");
    const line = el.closest(".rv-line");
    if (other) other.hidden = true;
    else if (el.closest("[data-slot]")) { el.closest("[data-slot]").innerHTML = ""; line.classList.remove("is-mending"); }
    else if (el.closest(".rv-preview")) el.closest(".rv-preview").innerHTML = "";
    const back = line || lineOf(current);
    if (back) stand(back, { focus: true });
  };
  const openOther = (group) => {
    const other = $("[data-other-form]", group);
    if (!other) return;
    other.hidden = false;
    const select = $("select", other);
    select.tomselect ? select.tomselect.focus() : select.focus();
  };
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-close]") && root.contains(e.target)) { e.preventDefault(); close(e.target); }
    const mend = e.target.closest("[data-mend]");
    if (mend && window.htmx) { e.preventDefault(); openMend(mend.dataset.mend); }
    const other = e.target.closest("[data-other]");
    if (other) openOther(groupOf(other));
    if (e.target.closest("[data-unfold]")) unfold(groupOf(e.target));
    if (e.target.closest("[data-keys]")) $("#rv-keys").showModal();
  });

  // Records that came in since the reading are looked for after the page is shown; what changes is swapped in.
  document.body.addEventListener("htmx:afterRequest", (e) => {
    if (e.detail.elt.id === "rv-since" && e.detail.successful && /rv-group/.test(e.detail.xhr.response)) setTimeout(() => restore(current, 0));
  });

  // --- dialogs ------------------------------------------------------------------------------------
  document.body.addEventListener("htmx:afterSwap", (e) => {
    const dialog = e.detail.target;
    if (dialog.id === "rv-all") dialog.showModal();
  });
  $$("dialog", root).forEach((d) => d.addEventListener("click", (e) => { if (e.target === d) d.close(); }));
  document.addEventListener("submit", (e) => {
    // A second press of a button that takes its time does nothing.
    const once = e.target.closest("[data-once]");
    if (once) setTimeout(() => $$("button", once).forEach((b) => { b.disabled = true; }));
  });

  // --- the text -----------------------------------------------------------------------------------
  let round = 0;
  scroll?.addEventListener("click", (e) => {
    const found = e.target.closest(".rv-mark");
    if (!found || getSelection().toString()) return;
    const subjects = (found.dataset.s || "").split(" ").filter(Boolean);
    const proposals = (found.dataset.p || "").split(" ").filter(Boolean);
    const named = subjects.flatMap((s) => $$(`#g${s} .rv-line`));
    const here = named.length ? named : proposals.map(lineOf).filter(Boolean);
    // Words that an officer has only named: what was said of them is asked again.
    if (!subjects.length && !proposals.length) { getSelection().selectAllChildren(found); return openAdd(); }
    if (!here.length) {
      if (proposals.length) location.assign(`${root.dataset.page}?show=all&at=${proposals[0]}#l${proposals[0]}`);
      return;
    }
    const open = here.filter(isOpen);
    const among = open.length ? open : here;
    const at = among.findIndex((l) => l.dataset.line === current);
    round = at < 0 ? 0 : (at + 1) % among.length;
    show("facts");
    stand(among[round], { focus: true, jump: false });
  });
  /** Letters (code points) of a part of the text before a point of the document. */
  const lettersBefore = (part, node, offset) => {
    const range = document.createRange();
    range.selectNodeContents(part);
    range.setEnd(node, offset);
    return [...range.toString()].length;
  };
  const selection = () => {
    const chosen = getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed || !scroll) return null;
    const range = chosen.getRangeAt(0);
    const parts = $$(".rv-part", scroll).filter((p) => range.intersectsNode(p));
    if (!parts.length || !scroll.contains(range.commonAncestorContainer)) return null;
    const first = parts[0];
    const inFirst = first.contains(range.startContainer);
    const cut = document.createRange();
    cut.selectNodeContents(first);
    if (inFirst) cut.setStart(range.startContainer, range.startOffset);
    if (first.contains(range.endContainer)) cut.setEnd(range.endContainer, range.endOffset);
    const quote = cut.toString();
    const lead = quote.length - quote.trimStart().length;
    if (!quote.trim()) return null;
    const start = Number(first.dataset.start) + (inFirst ? lettersBefore(first, range.startContainer, range.startOffset) : 0) + lead;
    const words = quote.trim();
    return { start, end: start + [...words].length, quote: words, box: range.getBoundingClientRect() };
  };
  const adder = $("[data-add-selected]");
  const pop = $("#rv-add");
  document.addEventListener("selectionchange", () => {
    if (adder) adder.hidden = !selection();
  });
  let beside = null; // where the selected words stood on the screen
  const openAdd = () => {
    const chosen = selection();
    if (!chosen) return say(root.dataset.nothingSelected);
    const { box, ...values } = chosen;
    beside = box;
    htmx.ajax("GET", `${root.dataset.adding}?${new URLSearchParams(values)}`, { source: pop, target: pop, swap: "innerHTML" }).then(() => {
      if (!pop.open) pop.show();
      place();
      $("#rv-about").focus();
    });
  };
  /** Below the words, or above them where there is more room; on a phone at the foot of the screen. */
  const place = () => {
    if (narrow.matches || !beside) { pop.style.removeProperty("top"); pop.style.removeProperty("left"); return; }
    const height = pop.offsetHeight, below = beside.bottom + 8, above = beside.top - height - 8;
    const top = below + height < innerHeight || above < 8 ? below : above;
    pop.style.left = `${Math.min(Math.max(beside.left, 8), innerWidth - pop.offsetWidth - 8)}px`;
    pop.style.top = `${Math.max(Math.min(top, innerHeight - height - 8), 8)}px`;
  };
  adder?.addEventListener("mousedown", (e) => e.preventDefault()); // the words stay selected
  adder?.addEventListener("click", openAdd);
  const sendAdd = (adding, extra, method) => {
    const data = new FormData(adding);
    Object.entries(extra).forEach(([n, v]) => data.set(n, v));
    const values = {};
    for (const [name, value] of data) values[name] = name in values ? [].concat(values[name], value) : value;
    const path = adding.getAttribute("action");
    if (method === "GET") {
      delete values.csrfmiddlewaretoken;
      return htmx.ajax("GET", `${path}?${new URLSearchParams(values)}`, { source: pop, target: pop, swap: "innerHTML" });
    }
    return htmx.ajax("POST", path, { source: pop, target: pop, swap: "innerHTML", values });
  };
  pop?.addEventListener("change", (e) => {
    if (!e.target.matches("[data-again]")) return;
    const id = e.target.id;
    sendAdd(e.target.form, {}, "GET").then(() => { place(); $(`#${id}`)?.focus(); });
  });
  pop?.addEventListener("submit", (e) => {
    if (!window.htmx) return;
    e.preventDefault();
    e.stopPropagation();
    sendAdd(e.target, e.submitter?.name ? { [e.submitter.name]: e.submitter.value } : {}, "POST").then(place);
  });

  // --- text and facts on a phone ------------------------------------------------------------------
  const show = (what) => {
    root.dataset.view = what;
    $$("[data-show]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.show === what));
  };
  $$("[data-show]").forEach((b) => b.addEventListener("click", () => {
    show(b.dataset.show);
    if (b.dataset.show === "text") light(lineOf(current), { jump: true });
  }));

  // --- keys ---------------------------------------------------------------------------------------
  const typing = (el) => el.closest("input, select, textarea, [contenteditable], .ts-wrapper, dialog[open]");
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape" && !$("dialog:modal")) {
      const inner = e.target.closest?.("[data-slot], [data-other-form], .rv-preview, dialog.rv-pop");
      const opened = inner || (pop?.open ? pop : null) || $(".rv-line.is-current [data-slot]:not(:empty)") || $(".rv-preview:not(:empty)", groupOf(lineOf(current)) || facts);
      if (opened) { e.preventDefault(); close(opened.firstElementChild || opened); }
      return;
    }
    if (typing(e.target) || $("dialog:modal") || e.target.closest(".dropdown-menu")) return;
    const line = lineOf(current);
    const group = groupOf(line);
    const folded = line && line.matches(".rv-summary") ? group : null;
    const press = (sel, where = line) => { const b = where && $(sel, where); if (b) { b.click(); return true; } return false; };
    const on = e.target === document.body || facts?.contains(e.target) || e.target.id === "main";
    const actions = {
      j: () => step(1), k: () => step(-1),
      a: () => press(".rv-yes") || press('[data-do^="all-"]', folded), r: () => press(".rv-no") || press('[data-do^="none-"]', folded),
      e: () => press(".rv-edit, [data-unfold]"), A: () => press('[data-do^="all-"]', group), n: () => press('[data-do^="new-"]', group),
      o: () => openOther(group), p: () => press(`[hx-target="#g${group?.dataset.group}-preview"]`, group),
      f: () => openAdd(), u: () => press('[data-do="undo"]', root), "?": () => $("#rv-keys").showModal(),
    };
    if (on && (e.key === "ArrowDown" || e.key === "ArrowUp")) { e.preventDefault(); return step(e.key === "ArrowDown" ? 1 : -1); }
    if (/^[1-8]$/.test(e.key)) { press(`.rv-which li:nth-child(${e.key}) button`, group); return; }
    const action = actions[e.key];
    if (action) { e.preventDefault(); action(); }
  });

  // --- beginning ----------------------------------------------------------------------------------
  document.body.addEventListener("htmx:sendError", () => warn(root.dataset.lost));
  document.body.addEventListener("htmx:responseError", () => warn(root.dataset.lost));
  const keys = $("[data-keys]");
  if (keys) keys.hidden = false;
  root.classList.add("is-live");
  recolour();
  const asked = lineOf((location.hash.match(/^#l(\d+)$/) || [])[1]);
  const first = asked || $$(".rv-line", facts).find(isOpen);
  if (first) stand(first, { focus: !!asked, jump: true });
})();
