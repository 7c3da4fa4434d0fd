// @ts-check
// A model's current sizes, what follows from them, and its counts: the library's polynomials, evaluated exactly.

/** @typedef {[string, ...number[]][]} Terms a coefficient, and the places of the sizes it is multiplied by */
/** @typedef {{coefficient: string, powers: Record<string, number>}[]} Polynomial */
/** @typedef {{rule: "quotient", above: Polynomial, below: Polynomial, times: Polynomial, rounded: string, least: number}
 *   | {rule: "count", of: string, kind: string, first: string[], period: string[]}} Rule */
/** @typedef {{name: string, value: string, how: string, why?: string, rule?: Rule, tie?: [number, string],
 *   least: string, most?: string}} Size */
/** @typedef {{name: string, component: string, shape: number[], times: number, count: number, in?: number[]}} Tensor */
/** @typedef {{set: Record<string, boolean>, readings: Record<string, number>,
 *   components: {name: string, count: number, layer: number | null}[], printed: number[],
 *   costs: Record<string, number>}} Variant */
/** @typedef {{source: string, printed: string, admits: string, low: string, high: string, nominal: string}} Figure */
/** @typedef {{name: string, called: string, kind: string, of_family: boolean, set: Record<string, string | boolean>, sizes: Size[],
 *   switches: {name: string, value: boolean}[], held: {name: string, value: boolean}[],
 *   limits: {one: Polynomial, keeps: string, other: Polynomial, text: string}[], variants: Variant[], tensors: Tensor[],
 *   polynomials: Terms[], formulas: Record<number, string>, published: Figure[],
 *   explanations: {text: string, edit: Record<string, string | boolean>}[]}} Described */

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number} power */
function raised(power) {
  return power === 1 ? "" : [...String(power)].map((digit) => RAISED[Number(digit)]).join("");
}

class Model {
  /** @param {Described} described */
  constructor(described) {
    this.described = described;
    /** @type {Map<string, Size>} */
    this.sizes = new Map(described.sizes.map((size) => [size.name, size]));
    /** @type {Map<string, bigint>} */
    this.values = new Map();
    /** @type {Set<string>} */
    this.tied = new Set();
    /** @type {Map<string, boolean>} */
    this.switches = new Map();
    this.reset();
  }

  reset() {
    for (const size of this.described.sizes) this.values.set(size.name, BigInt(size.value));
    this.tied = new Set(this.described.sizes.filter((size) => size.tie).map((size) => size.name));
    for (const one of this.described.switches) this.switches.set(one.name, one.value);
  }

  /** Whether the page can change it. @param {string} name */
  isLive(name) {
    const how = this.sizes.get(name)?.how;
    return how === "live" || how === "tied";
  }

  /** The value of a live size, within its bounds. @param {string} name @param {bigint} value */
  bounded(name, value) {
    const size = this.sizes.get(name);
    const least = BigInt(size?.least ?? "1");
    const most = BigInt(size?.most ?? LARGEST);
    return value < least ? least : value > most ? most : value;
  }

  /** @param {string} name @param {bigint} value */
  set(name, value) {
    this.values.set(name, this.bounded(name, value));
    this.tied.delete(name);
    this.follow();
  }

  /** Tie a size again to the one that it follows, or untie it. @param {string} name @param {boolean} tied */
  tie(name, tied) {
    if (tied) this.tied.add(name);
    else this.tied.delete(name);
    this.follow();
  }

  follow() {
    for (const name of this.tied) {
      const tie = this.sizes.get(name)?.tie;
      if (tie) this.values.set(name, BigInt(tie[0]) * this.at(tie[1]));
    }
    const open = new Set(this.described.sizes.filter((size) => size.how === "follows").map((size) => size.name));
    for (let before = open.size + 1; open.size < before; ) {
      before = open.size;
      for (const name of [...open]) if (this.settled(name, open)) open.delete(name);
    }
  }

  /** Set a size that follows, once what it needs is settled. @param {string} name @param {Set<string>} open */
  settled(name, open) {
    const rule = this.sizes.get(name)?.rule;
    if (!rule || needed(rule).some((one) => open.has(one))) return false;
    this.values.set(name, ruled(rule, this.values, true) ?? 0n);
    return true;
  }

  /** @param {string} name */
  at(name) {
    return this.values.get(name) ?? 0n;
  }

  /** The number of the variant that the switches select. */
  variant() {
    const found = this.described.variants.findIndex((one) =>
      Object.entries(one.set).every(([name, value]) => this.switches.get(name) === value));
    return Math.max(found, 0);
  }

  /** The tensors of the variant that the switches select. */
  tensors() {
    const variant = this.variant();
    return this.described.tensors.filter((tensor) => !tensor.in || tensor.in.includes(variant));
  }

  /** @param {number} place */
  count(place) {
    const sizes = this.described.sizes.map((size) => this.at(size.name));
    let total = 0n;
    for (const [coefficient, ...factors] of this.described.polynomials[place] ?? []) {
      let term = BigInt(coefficient);
      for (const size of factors) term *= sizes[size] ?? 0n;
      total += term;
    }
    return total;
  }

  /** The formula of a count, as the terminal prints it. @param {number} place */
  formula(place) {
    const written = this.described.formulas[place];
    if (written !== undefined) return written;
    const terms = (this.described.polynomials[place] ?? []).map(([coefficient, ...factors]) => {
      const powers = new Map();
      for (const size of factors) powers.set(size, (powers.get(size) ?? 0) + 1);
      const names = [...powers].map(([size, power]) => (this.described.sizes[size]?.name ?? "") + raised(power));
      const number = coefficient.replace("-", "");
      const sign = coefficient.startsWith("-") ? "−" : "";
      return sign + (number === "1" && names.length ? names : [number, ...names]).join("·");
    });
    return terms.join(" + ").replaceAll("+ −", "− ") || "0";
  }

  /** The conditions that the sizes break, in words. */
  faults() {
    const faults = this.described.limits.filter((limit) => !holds(limit, this.values)).map((limit) => limit.text);
    for (const size of this.described.sizes) {
      if (size.how === "follows" && size.rule && ruled(size.rule, this.values) === null)
        faults.push(`${size.name} = ${size.why} is a whole number`);
    }
    return faults;
  }

  /** What differs from the model that the page was made of. @returns {Map<string, string>} */
  changes() {
    /** @type {Map<string, string>} */
    const changed = new Map();
    for (const size of this.described.sizes) {
      const letGo = size.tie && !this.tied.has(size.name);
      const moved = this.isLive(size.name) && this.at(size.name) !== BigInt(size.value);
      if (letGo || (moved && !size.tie)) changed.set(size.name, String(this.at(size.name)));
    }
    for (const one of this.described.switches)
      if (this.switches.get(one.name) !== one.value) changed.set(one.name, String(this.switches.get(one.name)));
    return changed;
  }
}

/** @param {Polynomial} polynomial @param {Map<string, bigint>} values */
function polynomialAt(polynomial, values) {
  let total = 0n;
  for (const { coefficient, powers } of polynomial) {
    let term = BigInt(coefficient);
    for (const size in powers) term *= (values.get(size) ?? 0n) ** BigInt(powers[size] ?? 1);
    total += term;
  }
  return total;
}

/** @param {Rule} rule @returns {string[]} */
function needed(rule) {
  if (rule.rule === "count") return [rule.of];
  return [rule.above, rule.below, rule.times].flat().flatMap((term) => Object.keys(term.powers));
}

/** The value of a rule; null if it should be whole and isn't, but with *loosely* it is rounded down.
 * @param {Rule} rule @param {Map<string, bigint>} values @param {boolean} [loosely] */
function ruled(rule, values, loosely) {
  if (rule.rule === "count") return countOf(rule, values.get(rule.of) ?? 0n);
  const [above, below, times] = [rule.above, rule.below, rule.times].map((part) => polynomialAt(part, values));
  if (above === undefined || !below || times === undefined) return null;
  if (rule.rounded === "exactly" && above % below !== 0n && !loosely) return null;
  const quotient = rule.rounded === "up" ? (above + below - 1n) / below : above / below;
  const value = times * quotient;
  return value < BigInt(rule.least) ? BigInt(rule.least) : value;
}

/** How many of the *layers* are of the rule's kind. @param {{kind: string, first: string[], period: string[]}} rule
 * @param {bigint} layers */
function countOf(rule, layers) {
  const of = (/** @type {string[]} */ kinds) => BigInt(kinds.filter((kind) => kind === rule.kind).length);
  const first = BigInt(rule.first.length);
  if (layers <= first) return of(rule.first.slice(0, Number(layers)));
  const period = BigInt(rule.period.length);
  const [times, rest] = [(layers - first) / period, Number((layers - first) % period)];
  return of(rule.first) + times * of(rule.period) + of(rule.period.slice(0, rest));
}

/** @param {{one: Polynomial, keeps: string, other: Polynomial}} limit @param {Map<string, bigint>} values */
function holds(limit, values) {
  const [one, other] = [polynomialAt(limit.one, values), polynomialAt(limit.other, values)];
  if (limit.keeps === "divides") return one !== 0n && other % one === 0n;
  return limit.keeps === "is at most" ? one <= other : one === other;
}
