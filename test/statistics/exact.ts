// Sums of the binomial distribution in whole numbers, which share nothing with src/statistics.

const bits = (value: bigint): number => value.toString(2).length;

/** The nearest double, to a bit or so, however small. */
const ratio = (above: bigint, below: bigint): number => {
  if (above === 0n) return 0;
  const shift = bits(below) - bits(above) + 70;
  return shift >= 0 ? Number((above << BigInt(shift)) / below) / 2 ** shift : Number(above / (below << BigInt(-shift))) * 2 ** -shift;
};

/** P(from <= X <= to) of `trials` with proportion part / whole, which is neither 0 nor 1. */
export const exactBinomial = (from: number, to: number, { trials, part, whole }: { readonly trials: number; readonly part: number; readonly whole: number }): number => {
  let [sum, term] = [0n, BigInt(whole - part) ** BigInt(trials)];
  for (let k = 0; k <= to; k += 1) {
    if (k >= from) sum += term;
    // Each term is a whole number, so that the division has no rest.
    term = term * BigInt((trials - k) * part) / BigInt((k + 1) * (whole - part));
  }
  return ratio(sum, BigInt(whole) ** BigInt(trials));
};

/** What is smaller a double holds with fewer digits, or not at all. */
export const least = 1e-290;

export const relative = (found: number, right: number): number => found === right ? 0 : Math.abs(found - right) / Math.abs(right);
