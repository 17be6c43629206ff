// The matcher: what a weight means in words, and the answer's place on narrow screens.
(() => {
  "use strict";
  const form = document.querySelector("#mt-form");
  if (!form) return;
  const mark = (range) => { range.closest(".mt-weight").dataset.weight = range.value; };
  form.querySelectorAll("input[type=range]").forEach(mark);
  form.addEventListener("input", (e) => { if (e.target.type === "range") mark(e.target); });
  // What is not asked and not weighed stays out of the address.
  form.addEventListener("htmx:configRequest", (e) => {
    if (e.target !== form) return;
    const given = e.detail.formData ?? e.detail.parameters;
    for (const [name, value] of [...form.querySelectorAll("[name]")].map((f) => [f.name, f.value])) {
      if (value === "" || (name.startsWith("w_") && value === "0")) given.delete ? given.delete(name) : delete given[name];
    }
  });
  const bar = document.querySelector(".mt-bar");
  const answer = document.querySelector("#mt-answer");
  if (bar && answer && "IntersectionObserver" in window) {
    new IntersectionObserver(([seen]) => { bar.classList.toggle("is-away", seen.isIntersecting); }, { rootMargin: "0px 0px -30% 0px" }).observe(answer);
  }
})();
