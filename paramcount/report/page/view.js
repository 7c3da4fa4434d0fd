// @ts-check
// One model's panel: reads what is set in it, and shows the resulting counts.

const SVG = "http://www.w3.org/2000/svg";
const STEPS = 1000;

class View {
  /** @param {Model} model @param {HTMLElement} panel @param {() => void} changed called after something was set */
  constructor(model, panel, changed) {
    this.model = model;
    this.panel = panel;
    this.changed = changed;
    this.bound = BINDINGS.map(([name, show]) => /** @type {const} */ ([name, show, found(panel, name)]));
    this.conditional = found(panel, "when");
    /** @type {{target: bigint, name: string} | null} */
    this.held = null;
    /** @type {number | undefined} */
    this.waiting = undefined;
    /** @type {Tensor | undefined} */
    this.chosen = undefined;
    /** @type {(Tensor | undefined)[]} the tensors as they are drawn */
    this.drawn = [];
    this.variant = 0;
    this.listen();
  }

  /** @template {HTMLElement} T @param {string} name @returns {T | null} */
  one(name) {
    return this.panel.querySelector(`[data-${name}]`);
  }

  listen() {
    for (const slider of found(this.panel, "slider")) on(slider, "input", () => this.slid(/** @type {HTMLInputElement} */ (slider)));
    for (const field of found(this.panel, "field")) on(field, "input", () => this.typed(/** @type {HTMLInputElement} */ (field)));
    for (const box of found(this.panel, "tie"))
      on(box, "change", () => this.do(() => this.model.tie(box.dataset.tie ?? "", /** @type {HTMLInputElement} */ (box).checked)));
    for (const box of found(this.panel, "switch"))
      on(box, "change", () => this.do(() => this.model.switches.set(box.dataset.switch ?? "", /** @type {HTMLInputElement} */ (box).checked)));
    for (const button of found(this.panel, "try")) on(button, "click", () => this.tried(Number(button.dataset.try)));
    const hold = this.one("hold");
    const target = this.one("target");
    const follower = this.one("follower");
    const reset = this.one("reset");
    if (hold) on(hold, "change", () => this.holds());
    if (target) on(target, "change", () => this.holds());
    if (follower) on(follower, "change", () => this.holds());
    if (reset) on(reset, "click", () => this.resets());
  }

  /** Set something, let the held size follow, and show it. @param {() => void} set @param {string} [name] */
  do(set, name) {
    set();
    if (this.held && name !== this.held.name) hold(this.model, this.held.name, this.held.target);
    this.show();
    this.changed();
  }

  /** @param {HTMLInputElement} slider */
  slid(slider) {
    const name = slider.dataset.slider ?? "";
    this.do(() => this.model.set(name, this.valueAt(name, Number(slider.value))), name);
  }

  /** @param {HTMLInputElement} field */
  typed(field) {
    const name = field.dataset.field ?? "";
    const value = parsed(field.value);
    const fits = value !== null && this.model.bounded(name, value) === value;
    field.setAttribute("aria-invalid", String(!fits));
    if (fits) this.do(() => this.model.set(name, value), name);
  }

  /** @param {number} place */
  tried(place) {
    const edit = this.model.described.explanations[place]?.edit ?? {};
    this.do(() => {
      for (const [name, value] of Object.entries(edit)) {
        if (typeof value === "boolean") this.model.switches.set(name, value);
        else this.model.set(name, BigInt(value));
      }
    });
  }

  /** The fields for holding the total. */
  holding() {
    return {
      box: /** @type {HTMLInputElement | null} */ (this.one("hold")),
      target: /** @type {HTMLInputElement | null} */ (this.one("target")),
      follower: /** @type {HTMLSelectElement | null} */ (this.one("follower")),
    };
  }

  holds() {
    const { box, target, follower } = this.holding();
    if (!box || !target || !follower) return;
    const value = parsed(target.value);
    target.setAttribute("aria-invalid", String(value === null || value === 0n));
    this.held = box.checked && value ? { target: value, name: follower.value } : null;
    this.do(() => {});
  }

  /** Show the held total and size in their fields. */
  showHolding() {
    const { box, target, follower } = this.holding();
    if (box) box.checked = this.held !== null;
    if (target && this.held) target.value = String(this.held.target);
    if (follower && this.held) follower.value = this.held.name;
  }

  resets() {
    this.held = null;
    this.showHolding();
    this.do(() => this.model.reset());
  }

  total() {
    return this.model.count(this.reading("total"));
  }

  /** @param {string} name */
  reading(name) {
    return this.model.described.variants[this.model.variant()]?.readings[name] ?? 0;
  }

  /** The position of a value on its slider, which has a log scale. @param {string} name @param {bigint} value */
  placeOf(name, value) {
    const [low, high] = this.range(name);
    const span = Math.log(high / low) || 1;
    return Math.round((STEPS * Math.log(Math.max(Number(value), low) / low)) / span);
  }

  /** @param {string} name @param {number} place */
  valueAt(name, place) {
    const [low, high] = this.range(name);
    const step = stepOf(this.model, name);
    const value = BigInt(Math.round(low * Math.exp((Math.log(high / low) * place) / STEPS)));
    const whole = ((value + step / 2n) / step) * step;
    return this.model.bounded(name, whole < step ? step : whole);
  }

  /** A slider ranges from a sixteenth of the model's own value to sixteen times it. @param {string} name @returns {[number, number]} */
  range(name) {
    const size = this.model.sizes.get(name);
    const own = Math.max(Number(size?.value ?? 1), 1);
    const low = Math.max(Number(size?.least ?? 1), Math.floor(own / 16), 1);
    const high = Math.min(Number(size?.most ?? Infinity), own * 16);
    return [low, Math.max(high, low + 1)];
  }

  show() {
    const variant = this.model.variant();
    const total = this.total();
    for (const [name, show, elements] of this.bound) {
      for (const element of elements) {
        const place = placed(element.dataset[name] ?? "", variant);
        if (place !== null) show(element, this.model.count(place), total);
      }
    }
    if (variant !== this.variant) this.showVariant(variant);
    this.showStack(variant, total);
    this.showSizes();
    this.showFigures(variant);
    this.showHeld(total);
    this.draw(total);
    this.say(total);
  }

  /** Show what a switch changes: which rows there are, and their formulas. @param {number} variant */
  showVariant(variant) {
    this.variant = variant;
    for (const element of this.conditional) element.hidden = !(element.dataset.when ?? "").split(",").includes(String(variant));
    for (const element of found(this.panel, "formula")) {
      const place = placed(element.dataset.formula ?? "", variant);
      if (place !== null) element.replaceChildren(...mathml(this.model.formula(place)));
    }
  }

  /** @param {number} variant @param {bigint} total */
  showStack(variant, total) {
    let start = 0;
    for (const part of found(this.panel, "stack")) {
      const place = placed(part.dataset.stack ?? "", variant);
      const share = place === null ? 0 : 100 * ratio(this.model.count(place), total);
      part.setAttribute("x", start.toFixed(3));
      part.setAttribute("width", share.toFixed(3));
      start += share;
    }
  }

  showSizes() {
    for (const slider of /** @type {HTMLInputElement[]} */ (found(this.panel, "slider"))) {
      const name = slider.dataset.slider ?? "";
      slider.value = String(this.placeOf(name, this.model.at(name)));
      slider.setAttribute("aria-valuetext", grouped(this.model.at(name)));
    }
    for (const field of /** @type {HTMLInputElement[]} */ (found(this.panel, "field"))) {
      const value = this.model.at(field.dataset.field ?? "");
      if (parsed(field.value) === value) continue;
      field.value = String(value);
      field.setAttribute("aria-invalid", "false");
    }
    for (const cell of found(this.panel, "value")) cell.textContent = String(this.model.at(cell.dataset.value ?? ""));
    for (const box of /** @type {HTMLInputElement[]} */ (found(this.panel, "tie"))) box.checked = this.model.tied.has(box.dataset.tie ?? "");
    for (const box of /** @type {HTMLInputElement[]} */ (found(this.panel, "switch"))) box.checked = this.model.switches.get(box.dataset.switch ?? "") ?? false;
    const faults = this.one("faults");
    const words = this.model.faults();
    if (faults) faults.textContent = words.length ? `These sizes don't fit together. Required: ${words.join("; ")}.` : "";
  }

  /** @param {number} variant */
  showFigures(variant) {
    this.model.described.published.forEach((figure, place) => {
      const count = this.model.count(this.model.described.variants[variant]?.printed[place] ?? 0);
      const element = this.panel.querySelector(`[data-figure="${place}"]`);
      const verdict = element?.querySelector("[data-verdict]");
      const claim = claimed(figure, count);
      if (verdict) verdict.textContent = claim.text;
      verdict?.setAttribute("class", claim.agrees ? "agrees" : "disagrees");
      element?.querySelector("[data-interval]")?.setAttribute("x", claim.x);
      element?.querySelector("[data-interval]")?.setAttribute("width", claim.width);
      element?.querySelector("[data-mark]")?.setAttribute("x", claim.mark);
    });
  }

  /** @param {bigint} total */
  showHeld(total) {
    const target = /** @type {HTMLInputElement | null} */ (this.one("target"));
    if (target && !this.held && document.activeElement !== target) target.value = String(total);
  }

  /** Announce the total to screen readers once nothing has changed for half a second. @param {bigint} total */
  say(total) {
    clearTimeout(this.waiting);
    const said = this.one("said");
    this.waiting = setTimeout(() => {
      if (said) said.textContent = `${grouped(total)} parameters`;
    }, 500);
  }

  /** @param {bigint} total */
  draw(total) {
    const drawing = this.one("drawing");
    const tensors = this.model.tensors();
    if (!drawing) return;
    const tiles = tensors.map((tensor, at) => ({ at, area: ratio(this.model.count(tensor.count), total) }));
    const shades = new Map(found(this.panel, "stack").map((part) => [part.textContent ?? "", part.getAttribute("class") ?? ""]));
    const boxes = squarified(tiles, 0, 0, 1000, 420);
    while (drawing.childElementCount > boxes.length) drawing.lastElementChild?.remove();
    this.drawn = boxes.map((box) => tensors[box.at]);
    boxes.forEach((box, place) => {
      const tensor = tensors[box.at];
      if (!tensor) return;
      const group = drawing.children[place] ?? drawing.appendChild(this.rectangle(place));
      fill(group, box, tensor, shades.get(tensor.component) ?? "", grouped(this.model.count(tensor.count)));
      group.setAttribute("aria-pressed", String(tensor === this.chosen));
    });
    this.tell(this.chosen && tensors.includes(this.chosen) ? this.chosen : undefined);
  }

  /** @param {number} place */
  rectangle(place) {
    const group = document.createElementNS(SVG, "g");
    for (const name of ["title", "rect", "text"]) group.append(document.createElementNS(SVG, name));
    group.setAttribute("role", "button");
    group.setAttribute("tabindex", "0");
    const choose = () => {
      this.chosen = this.drawn[place];
      this.show();
    };
    on(group, "click", choose);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    });
    return group;
  }

  /** Show the formula and shape of the selected tensor. @param {Tensor | undefined} tensor */
  tell(tensor) {
    const line = this.one("chosen");
    if (!line) return;
    if (!tensor) return line.replaceChildren();
    const text = (/** @type {number} */ place) => this.model.formula(place);
    const shape = tensor.shape.map((side) => `${text(side)} = ${grouped(this.model.count(side))}`).join(" × ");
    const times = this.model.count(tensor.times);
    const copies = times === 1n ? "" : `, ${grouped(times)} of them (${text(tensor.times)})`;
    line.replaceChildren(`${tensor.name}: ${shape}${copies}; `, ...mathml(text(tensor.count)), ` = ${grouped(this.model.count(tensor.count))}`);
  }
}

/** How an element bound to a count shows it. @type {[string, (element: HTMLElement, count: bigint, total: bigint) => void][]} */
const BINDINGS = [
  ["n", (element, count) => write(element, grouped(count))],
  ["words", (element, count) => write(element, inWords(count))],
  ["share", (element, count, total) => write(element, percent(ratio(count, total)))],
  ["bar", (element, count, total) => element.setAttribute("width", (100 * ratio(count, total)).toFixed(3))],
  ["bytes", (element, count) => write(element, `${grouped(count * BigInt(element.dataset.times ?? "1"))} bytes`)],
];

/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The polynomial to which an element is bound in a variant. @param {string} places @param {number} variant */
function placed(places, variant) {
  const all = places.split(",");
  const place = all.length > 1 ? all[variant] : all[0];
  return place ? Number(place) : null;
}

/** @param {ParentNode} parent @param {string} name @returns {HTMLElement[]} */
function found(parent, name) {
  return [...parent.querySelectorAll(`[data-${name}]`)].map((element) => /** @type {HTMLElement} */ (element));
}

/** @param {Element} element @param {string} event @param {() => void} act */
function on(element, event, act) {
  element.addEventListener(event, act);
}

/** Whether a count agrees with a figure, in words, and where both are on its axis. @param {Figure} figure @param {bigint} count */
function claimed(figure, count) {
  const [low, high, nominal] = [BigInt(figure.low), BigInt(figure.high), BigInt(figure.nominal)];
  const agrees = low <= count && count < high;
  const [first, last] = [low < count ? low : count, high > count ? high : count];
  const at = (/** @type {bigint} */ value) => 100 + 800 * ratio(value - first, last - first);
  const text = agrees
    ? `✓ agrees: ${grouped(count)} ${high - low > 1n ? `is within ${figure.admits}` : "exactly"}`
    : `✗ disagrees: ${grouped(count)} is off by ${off(count, nominal)}`;
  const width = Math.max(at(high) - at(low), 2);
  return { agrees, text, x: at(low).toFixed(1), width: width.toFixed(1), mark: (at(count) - 2).toFixed(1) };
}

/** @param {Element} group @param {Box} box @param {Tensor} tensor @param {string} shade @param {string} count */
function fill(group, box, tensor, shade, count) {
  const [title, rect, text] = group.children;
  if (!title || !rect || !text) return;
  group.setAttribute("data-tensor", tensor.name);
  group.setAttribute("aria-label", `${tensor.name}, ${count} parameters`);
  title.textContent = `${tensor.name}: ${count}`;
  for (const [name, value] of /** @type {const} */ ([["x", box.x], ["y", box.y], ["width", box.width], ["height", box.height]]))
    rect.setAttribute(name, value.toFixed(2));
  rect.setAttribute("class", shade);
  const fits = box.height >= 18 && box.width >= Math.max(70, 7 * tensor.name.length);
  text.textContent = fits ? tensor.name : "";
  text.setAttribute("class", DARK.has(shade) ? "dark" : "light");
  text.setAttribute("x", (box.x + 4).toFixed(2));
  text.setAttribute("y", (box.y + 14).toFixed(2));
}

const DARK = new Set(["shade0", "shade1", "shade2", "shade6"]);
const TOKEN = /([A-Za-z][A-Za-z0-9_.]*)|(\d+)|([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\s+|(.)/g;
const MATHML = "http://www.w3.org/1998/Math/MathML";

/** A formula as MathML, an element per term so that lines break between terms, from the text that the terminal prints.
 * @param {string} text */
function mathml(text) {
  /** @type {(Element | string)[]} */
  const terms = [];
  let [math, depth] = [document.createElementNS(MATHML, "math"), 0];
  for (const [, size, number, power, sign] of text.matchAll(TOKEN)) {
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    if (depth === 0 && (sign === "+" || sign === "−") && math.hasChildNodes()) {
      terms.push(math, " ");
      math = document.createElementNS(MATHML, "math");
    }
    if (size) math.append(symbol(size));
    else if (number) math.append(node("mn", number));
    else if (power) math.append(node("msup", math.lastChild ?? "", node("mn", [...power].map((one) => RAISED.indexOf(one)).join(""))));
    else if (sign) math.append(node("mo", sign));
  }
  return [...terms, math];
}

/** @param {string} size */
function symbol(size) {
  const [letter = "", ...rest] = size.split("_");
  const index = rest.join("_");
  if (letter.length > 1 || !index) {
    const name = node("mi", size);
    if (size.length > 1) name.setAttribute("mathvariant", "normal");
    return name;
  }
  return node("msub", node("mi", letter), node("mtext", index));
}

/** @param {string} name @param {(Node | string)[]} inside */
function node(name, ...inside) {
  const made = document.createElementNS(MATHML, name);
  made.append(...inside);
  return made;
}
