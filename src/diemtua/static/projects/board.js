// The board of projects: a card is dragged to another stage. Without this script the menu of each card does the same.
(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const said = document.querySelector("[data-board-said]");
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  let held = null;

  const say = (sentence, wrong) => {
    said.textContent = sentence;
    said.classList.toggle("visually-hidden", !wrong);
    said.className = wrong ? "alert alert-danger" : "visually-hidden";
  };

  const column = (target) => target.closest("[data-stage]");

  const move = async (card, to) => {
    const from = column(card);
    if (!to || from === to) return;
    card.classList.add("is-moving");
    const body = new URLSearchParams({ to: to.dataset.stage, version: card.dataset.version });
    let answer, data;
    try {
      answer = await fetch(card.dataset.url, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token } });
      data = await answer.json();
    } catch {
      card.classList.remove("is-moving");
      say(said.dataset.lost, true);
      return;
    }
    card.classList.remove("is-moving");
    if (answer.ok) {
      card.dataset.version = data.version;
      to.querySelector("[data-cards]").prepend(card);
      to.querySelector(".pj-none")?.remove();
      to.classList.remove("is-empty");
      for (const [where, step] of [[from, -1], [to, 1]]) {
        const count = where.querySelector(".pj-count");
        if (/^\d{1,3}$/.test(count.textContent.trim())) count.textContent = String(Number(count.textContent) + step);
      }
      card.querySelector(".pj-targets")?.remove();
      card.querySelector("a").focus();
      say(data.sentence, false);
      return;
    }
    if (data.page) location.href = data.page;
    else {
      say(data.sentence, true);
      if (data.reload) location.reload();
    }
  };

  board.addEventListener("dragstart", (event) => {
    const card = event.target.closest?.("[data-url]");
    if (!card) return;
    held = card;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.querySelector("a").textContent);
    card.classList.add("is-held");
  });
  board.addEventListener("dragend", () => {
    held?.classList.remove("is-held");
    held = null;
    for (const c of board.querySelectorAll(".is-over")) c.classList.remove("is-over");
  });
  board.addEventListener("dragover", (event) => {
    const over = held && column(event.target);
    if (!over) return;
    event.preventDefault();
    for (const c of board.querySelectorAll(".is-over")) if (c !== over) c.classList.remove("is-over");
    if (over !== column(held)) over.classList.add("is-over");
  });
  board.addEventListener("drop", (event) => {
    const over = held && column(event.target);
    if (!over) return;
    event.preventDefault();
    move(held, over);
  });
  // On a telephone one stage fills the screen: the row above leads to each, and shows which one is seen.
  const jump = document.querySelector("[data-jump]");
  const chips = new Map([...jump.querySelectorAll("a")].map((chip) => [chip.dataset.to, chip]));
  jump.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-to]");
    if (!chip) return;
    event.preventDefault();
    board.scrollTo({ left: board.querySelector(`[data-stage="${chip.dataset.to}"]`).offsetLeft - board.offsetLeft });
  });
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || getComputedStyle(jump).display === "none") continue;
      for (const chip of chips.values()) chip.removeAttribute("aria-current");
      const chip = chips.get(target.dataset.stage);
      chip.setAttribute("aria-current", "true");
      jump.scrollTo({ left: chip.offsetLeft - jump.offsetLeft - 40 });
    }
  }, { root: board, threshold: 0.6 });
  // It begins where there is something to see.
  const first = board.querySelector(".pj-card")?.closest("[data-stage]");
  if (first && getComputedStyle(jump).display !== "none") {
    board.scrollTo({ left: first.offsetLeft - board.offsetLeft, behavior: "instant" });
  }
  for (const one of board.querySelectorAll("[data-stage]")) seen.observe(one);
  // A card in focus goes to the stage beside it with Alt and an arrow.
  board.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("[data-url]");
    if (!card || !event.altKey || (event.key !== "ArrowRight" && event.key !== "ArrowLeft")) return;
    event.preventDefault();
    const all = [...board.querySelectorAll("[data-stage]")];
    move(card, all[all.indexOf(column(card)) + (event.key === "ArrowRight" ? 1 : -1)]);
  });
  // The arrow of a card opens the steps of its stage; each leads to the page of that step. One menu at a time.
  board.addEventListener("click", (event) => {
    const arrow = event.target.closest?.("[data-menu]");
    if (!arrow) return;
    event.preventDefault();
    const card = arrow.closest("[data-url]");
    const open = card.querySelector(".pj-targets");
    for (const menu of board.querySelectorAll(".pj-targets")) menu.remove();
    for (const other of board.querySelectorAll("[data-menu]")) other.setAttribute("aria-expanded", "false");
    if (open) return;
    const menu = document.createElement("div");
    menu.className = "pj-targets";
    menu.append(column(card).querySelector("template").content.cloneNode(true));
    for (const link of menu.querySelectorAll("a")) link.href = card.dataset.url + link.getAttribute("href");
    card.append(menu);
    arrow.setAttribute("aria-expanded", "true");
    menu.querySelector("a").focus();
  });
  board.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.(".pj-targets");
    if (!menu) return;
    const arrow = menu.parentElement.querySelector("[data-menu]");
    menu.remove();
    arrow.setAttribute("aria-expanded", "false");
    arrow.focus();
  });
})();
