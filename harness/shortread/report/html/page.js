"use strict";
// The page is complete without this: a filter, one language for all loops, and everything unfolded for printing.
(() => {
  const filter = document.getElementById("filter");
  const words = document.getElementById("filter-words");
  const runs = [...document.querySelectorAll("tr[id^='row-']")].map((row) => ({
    row,
    section: document.getElementById(row.id.replace("row-", "run-")),
    text: `${row.cells[0].textContent} ${row.cells[1].textContent}`.toLowerCase(),
  }));

  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const run of runs) {
      run.row.hidden = run.section.hidden = !wanted.every((word) => run.text.includes(word));
    }
    const shown = runs.filter((run) => !run.row.hidden).length;
    filter.querySelector("output").textContent = wanted.length ? `${shown} of ${runs.length} runs` : "";
  };

  // What a link leads to is shown, although the filter hides it, and unfolded.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) {
      words.value = "";
      apply();
    }
    if (target.matches("details")) target.open = true;
    target.scrollIntoView();
  };

  if (filter) {
    filter.hidden = false;
    words.addEventListener("input", apply);
    addEventListener("hashchange", reveal);
    reveal();
  }

  document.addEventListener("change", ({ target }) => {
    if (!target.matches(".tabs input")) return;
    for (const other of document.querySelectorAll(`.tabs input[value="${target.value}"]`)) other.checked = true;
  });

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });
})();
