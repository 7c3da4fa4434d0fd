// @ts-check
// What is set, kept in the URL's hash so that a link restores it. Only sizes that the page has are read from a hash.

const HELD = "hold";
const SHOWN = "model";

/** @param {View} view @param {number} place @param {boolean} several */
function asHash(view, place, several) {
  const parts = [...view.model.changes()].map(([name, value]) => `${name}=${value}`);
  if (several) parts.unshift(`${SHOWN}=${place}`);
  if (view.held) parts.push(`${HELD}=${view.held.target}:${view.held.name}`);
  return parts.join("&");
}

/** The number of the model that a hash shows; 0 if it has none. @param {string} hash @param {number} most */
function shownBy(hash, most) {
  const place = /(?:^#?|&)model=(\d{1,3})(?:&|$)/.exec(hash);
  return place && Number(place[1]) < most ? Number(place[1]) : 0;
}

/** Reset the model, then set what a hash says. @param {View} view @param {string} hash */
function fromHash(view, hash) {
  view.model.reset();
  view.held = null;
  for (const part of hash.replace(/^#/, "").slice(0, 4000).split("&")) {
    const [name = "", value = ""] = part.split("=");
    if (view.model.switches.has(name) && /^(true|false)$/.test(value)) view.model.switches.set(name, value === "true");
    else if (name === HELD) view.held = heldBy(view.model, value);
    else if (view.model.isLive(name)) setFrom(view.model, name, value);
  }
  view.model.follow();
}

/** @param {Model} model @param {string} name @param {string} text */
function setFrom(model, name, text) {
  const value = /^\d{1,37}$/.test(text) ? parsed(text) : null;
  if (value !== null && model.bounded(name, value) === value) model.set(name, value);
}

/** @param {Model} model @param {string} text */
function heldBy(model, text) {
  const [target = "", name = ""] = text.split(":");
  const value = /^\d{1,37}$/.test(target) ? parsed(target) : null;
  return value && model.isLive(name) ? { target: value, name } : null;
}
