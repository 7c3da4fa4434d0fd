// @ts-check
// Reading whole numbers as people write them, and printing them as the library does.

const UNITS = { "": 0n, K: 3n, M: 6n, B: 9n, T: 12n };
const LARGEST = 10n ** 36n;

/** A text such as 768, 1.3B, 2^17 or 50,257 as a whole number; null if it isn't one up to 1e36.
 * @param {string} text @returns {bigint | null} */
function parsed(text) {
  let plain = text.trim().replace(/(?<=\d)_(?=\d)/g, "");
  if (/^\d{1,3}(,\d{3})+(?!\d)/.test(plain)) plain = plain.replaceAll(",", "");
  const power = /^(\d{1,6})(?:\^|\*\*)(\d{1,4})$/.exec(plain);
  if (power) return within(BigInt(power[1] ?? 0), BigInt(power[2] ?? 0));
  const found = /^(\d*)(?:\.(\d+))?(?:[eE]\+?(\d{1,2}))?([kKMBT]?)$/.exec(plain);
  if (!found || plain.length > 60 || !((found[1] ?? "") + (found[2] ?? ""))) return null;
  const decimals = found[2] ?? "";
  const unit = /** @type {keyof typeof UNITS} */ ((found[4] ?? "").toUpperCase());
  const exponent = UNITS[unit] + BigInt(found[3] ?? 0) - BigInt(decimals.length);
  const digits = BigInt((found[1] ?? "") + decimals);
  if (exponent >= 0n) return kept(digits * 10n ** exponent);
  const below = 10n ** -exponent;
  return digits % below === 0n ? kept(digits / below) : null;
}

/** @param {bigint} base @param {bigint} exponent */
function within(base, exponent) {
  return base > 1n && exponent > 120n ? null : kept(base ** exponent);
}

/** @param {bigint} value */
function kept(value) {
  return value <= LARGEST ? value : null;
}

/** 1517123584 as 1,517,123,584. @param {bigint} value */
function grouped(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 1517123584 as 1.52B: three digits, rounded. @param {bigint} value */
function inWords(value) {
  let places = 12n;
  for (const unit of ["T", "B", "M", "K"]) {
    if (value >= 10n ** places) return threeDigits(value, places) + unit;
    places -= 3n;
  }
  return String(value);
}

/** @param {bigint} value @param {bigint} places */
function threeDigits(value, places) {
  const hundredths = (value * 100n + 10n ** places / 2n) / 10n ** places;
  const [whole, rest] = [hundredths / 100n, String(hundredths % 100n).padStart(2, "0")];
  if (whole >= 100n) return grouped((hundredths + 50n) / 100n);
  return whole >= 10n ? `${(hundredths + 5n) / 100n}.${String(((hundredths + 5n) % 100n) / 10n)}` : `${whole}.${rest}`;
}

/** one / other as a number, however long both are. @param {bigint} one @param {bigint} other */
function ratio(one, other) {
  return other === 0n ? 0 : Number((one * 10n ** 12n) / other) / 1e12;
}

/** 0.398 as 39.8 %. @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/** How far *count* is above *printed*, with a sign: +16.70 %. @param {bigint} count @param {bigint} printed */
function off(count, printed) {
  const share = ratio(count - printed, printed) * 100;
  return `${share < 0 ? "−" : "+"}${Math.abs(share).toFixed(2)} %`;
}
