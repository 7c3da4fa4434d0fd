// @ts-check
// The index: shows the models whose row has every word of the search.

const ROWS = [...document.querySelectorAll("tbody tr")].map((row) => /** @type {HTMLElement} */ (row));
const SEARCH = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-search]"));

function search() {
  const words = (SEARCH?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of ROWS) row.hidden = !words.every((word) => (row.textContent ?? "").toLowerCase().includes(word));
  const found = ROWS.filter((row) => !row.hidden).length;
  const said = document.querySelector("[data-found]");
  if (said) said.textContent = words.length ? `${found} of ${ROWS.length}` : "";
}

SEARCH?.addEventListener("input", search);
