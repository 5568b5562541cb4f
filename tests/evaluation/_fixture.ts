/** Numbers of numpy and scikit-learn; see tests/fixtures/evaluation/make_evaluation.py. */
interface Fixture {
  readonly verification: {
    readonly width: number;
    readonly features: number[];
    readonly first: number[];
    readonly second: number[];
    readonly same: number[];
    readonly folds: number[];
    readonly thresholds: number[];
    readonly mean: number;
    readonly sd: number;
  };
  readonly list: {
    readonly values: number[];
    readonly quantiles: Record<string, number>;
  };
  readonly probe: {
    readonly width: number;
    readonly ridge: number;
    readonly fitRows: number;
    readonly x: number[];
    readonly y: number[];
    readonly weights: number[];
    readonly bias: number;
    readonly correlation: number;
    readonly error: number;
  };
}

export const fixture: Fixture = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/evaluation/evaluation.json", import.meta.url)),
);

/** True when two numbers are equal but for float64 rounding. */
export function near(a: number, b: number, tolerance = 1e-9): boolean {
  return Math.abs(a - b) <= tolerance;
}
