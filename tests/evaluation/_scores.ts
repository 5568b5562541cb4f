/** Numbers of scikit-learn on drawn scores, and the draw; see tests/fixtures/evaluation/make_scores.py. */

export const RATES = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

type Draw = [count: number, seed: number, centre: number, spread: number, step: number];

interface ScoreCase {
  readonly draw: [genuine: Draw, impostor: Draw];
  readonly points: number;
  readonly kept: number;
  readonly keptSum: [fmr: number, tar: number];
  readonly auc: number;
  readonly tar: number[];
  readonly zeroFmr: number;
  readonly nearest: [fmr: number, tar: number][];
  readonly eer: number;
  readonly eerPoint: [rate: number, threshold: number];
  readonly dPrime: number;
  readonly fisher: number;
  readonly det: {
    readonly count: number;
    readonly every: number;
    readonly thresholds: number[];
    readonly fmr: number[];
    readonly fnmr: number[];
    readonly x: number[];
    readonly y: number[];
  };
}

/** Sums of four uniform numbers; `step` rounds to multiples, 0 to float32. */
function draw(count: number, seed: number, centre: number, spread: number, step: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    let total = 0;
    for (let k = 0; k < 4; k++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      total += state / 2 ** 32;
    }
    const value = centre + spread * (total - 2);
    return step === 0 ? Math.fround(value) : Math.floor(value / step + 0.5) * step;
  });
}

const read: Record<string, ScoreCase> = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/evaluation/scores.json", import.meta.url)),
);

/** The cases with their scores. */
export const scoreCases = Object.entries(read).map(([name, expected]) => ({
  name,
  expected,
  genuine: draw(...expected.draw[0]),
  impostor: draw(...expected.draw[1]),
}));
