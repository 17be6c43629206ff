// The matcher: what a weight means in words, and the answer's place on narrow screens.
(() => {
  "use strict";
  const form = document.querySelector("#mt-form");
  if (!form) return;
  const mark = (range) => { range.closest(".mt-weight").dataset.weight = range.value; };
  form.querySelectorAll("input[type=range]").forEach(mark);
  form.addEventListener("input", (e) => { if (e.target.type === "range") mark(e.target); });
  // A choice made in a box that has grown out of a select is a change of the form.
  const bar = document.querySelector(".mt-bar");
  const answer = document.querySelector("#mt-answer");
  if (bar && answer && "IntersectionObserver" in window) {
    new IntersectionObserver(([seen]) => { bar.classList.toggle("is-away", seen.isIntersecting); }, { rootMargin: "0px 0px -30% 0px" }).observe(answer);
  }
})();
