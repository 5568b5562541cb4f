/**
 * Matrices of short correlations with few products, by the method of Toom and Cook.
 *
 * S. Winograd, "Arithmetic Complexity of Computations" (SIAM 1980); for convolutional layers A. Lavin and S. Gray, "Fast Algorithms
 * for Convolutional Neural Networks" (CVPR 2016, https://arxiv.org/abs/1509.09308). Differs: made from the points here.
 */

/** m outputs of a correlation with r taps from a = m + r - 1 inputs d: `output ((kernel g) * (input d))`. */
export interface WinogradMatrices {
  /** Inputs to factors, `[a, a]`. */
  readonly input: readonly (readonly number[])[];
  /** Taps to factors, `[a, r]`. */
  readonly kernel: readonly (readonly number[])[];
  /** Products to outputs, `[m, a]`. */
  readonly output: readonly (readonly number[])[];
}

/** Coefficients of the product of (x - p), lowest power first. */
function fromRoots(roots: readonly number[]): number[] {
  return roots.reduce((poly, p) => {
    const shifted = [0, ...poly];
    return shifted.map((c, i) => c - p * (poly[i] ?? 0));
  }, [1]);
}

/**
 * Makes the matrices for a number of taps from points; one more point lies at infinity.
 *
 * @param points Different numbers p, a - 1 of them.
 * @param taps Number r of taps.
 */
export function winogradMatrices(points: readonly number[], taps: number): WinogradMatrices {
  const a = points.length + 1, m = a - taps + 1;
  const others = (i: number) => points.filter((_, l) => l !== i);
  const powers = (p: number, count: number) => Array.from({ length: count }, (_, k) => p ** k);
  const last = (count: number) => Array.from({ length: count }, (_, k) => k === count - 1 ? 1 : 0);
  const input = [...points.map((_, i) => [...fromRoots(others(i)), 0]), fromRoots(points)];
  const kernel = points.map((p, i) => {
    const scale = others(i).reduce((product, q) => product * (p - q), 1);
    return powers(p, taps).map((x) => x / scale);
  });
  const columns = [...points.map((p) => powers(p, m)), last(m)];
  const output = Array.from({ length: m }, (_, j) => columns.map((column) => column[j]!));
  return { input, kernel: [...kernel, last(taps)], output };
}
