// @ts-check
// The page: a tab for each model; the address keeps what is set.

/** @type {{models: Described[]}} */
const DATA = JSON.parse(document.getElementById("data")?.textContent ?? "{}");
const PANELS = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("section.model")]);
const TABS = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[role="tab"]')]);
let shown = 0;

const VIEWS = PANELS.map((panel, place) => {
  const described = DATA.models[place];
  if (!described) throw new Error("a panel without its model");
  return new View(new Model(described), panel, keep);
});

function keep() {
  const view = VIEWS[shown];
  if (view) history.replaceState(null, "", `#${asHash(view, shown, VIEWS.length > 1)}`);
}

/** @param {number} place @param {boolean} [focus] */
function choose(place, focus) {
  shown = place;
  PANELS.forEach((panel, at) => (panel.hidden = at !== place));
  TABS.forEach((tab, at) => {
    tab.setAttribute("aria-selected", String(at === place));
    tab.tabIndex = at === place ? 0 : -1;
  });
  if (focus) TABS[place]?.focus();
}

function readAddress() {
  choose(shownBy(location.hash, VIEWS.length));
  const view = VIEWS[shown];
  if (!view) return;
  fromHash(view, location.hash);
  view.showHolding();
  view.do(() => {});
}

TABS.forEach((tab, place) => {
  tab.addEventListener("click", () => (choose(place), keep()));
  tab.addEventListener("keydown", (event) => {
    const way = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (way) choose((place + way + TABS.length) % TABS.length, true), keep();
  });
});

for (const view of VIEWS) {
  for (const button of found(view.panel, "copy"))
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(copied(view, button.dataset.copy ?? ""));
      const before = button.textContent;
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = before), 1200);
    });
  for (const button of found(view.panel, "save")) button.addEventListener("click", () => save(view, button.dataset.save ?? ""));
  view.show();
}
window.addEventListener("hashchange", readAddress);
if (location.hash) readAddress();
