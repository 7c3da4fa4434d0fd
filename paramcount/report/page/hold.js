// @ts-check
// Hold the total: finds the value of a size that brings the count nearest to a total, by bisection on exact integers.

const STEP = 64n;
const NEARBY = 4096; // multiples tried on either side if a size that follows must come out whole

/** Set *name* so that the total comes nearest to *target*; returns that total.
 * @param {Model} model @param {string} name @param {bigint} target @returns {bigint | null} */
function hold(model, name, target) {
  const step = stepOf(model, name);
  const before = model.at(name);
  const total = (/** @type {bigint} */ times) => totalAt(model, name, times * step);
  let [low, high] = [0n, 1n];
  while (total(high) < target && high < LARGEST) high *= 2n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (total(middle) < target) low = middle;
    else high = middle;
  }
  const found = [fitting(model, name, low, step, -1n), fitting(model, name, high, step, 1n)].filter((one) => one !== null);
  let best = null;
  for (const value of found) {
    const miss = distance(totalAt(model, name, value), target);
    if (best === null || miss < best.miss) best = { value, miss };
  }
  return totalAt(model, name, best === null ? before : best.value);
}

/** Widths change in multiples of 64, everything else by one. @param {Model} model @param {string} name */
function stepOf(model, name) {
  return name.startsWith("d_") && BigInt(model.sizes.get(name)?.value ?? "1") % STEP === 0n ? STEP : 1n;
}

/** @param {Model} model @param {string} name @param {bigint} value */
function totalAt(model, name, value) {
  model.values.set(name, value);
  model.tied.delete(name);
  model.follow();
  return model.count(model.described.variants[model.variant()]?.readings.total ?? 0);
}

/** The first multiple from here on that gives a valid model. @param {Model} model @param {string} name @param {bigint} times
 * @param {bigint} step @param {bigint} way @returns {bigint | null} */
function fitting(model, name, times, step, way) {
  for (let tried = 0; tried < NEARBY; tried++, times += way) {
    const value = times * step;
    if (times < 1n || model.bounded(name, value) !== value) return null;
    model.values.set(name, value);
    model.tied.delete(name);
    model.follow();
    if (model.faults().length === 0) return value;
  }
  return null;
}

/** @param {bigint} one @param {bigint} other */
function distance(one, other) {
  return one > other ? one - other : other - one;
}
