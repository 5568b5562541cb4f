/** Points of a circle that keep away from enrolled ones: what is possible, by going through all ways. */

const TURN = 2 * Math.PI;

/** Unit vectors of a circle at angles in degrees, one after the other. */
export function onCircle(degrees: readonly number[]): Float32Array {
  return Float32Array.from(degrees.flatMap((d) => [Math.cos(d / 360 * TURN), Math.sin(d / 360 * TURN)]));
}

/**
 * Largest angle in degrees that N points can keep from each other outside of caps of `half` degrees around the enrolled ones; -1 where
 * the caps leave nothing.
 *
 * Any arrangement can be turned back until a point meets the beginning of a free arc; from there each next point is best as early as it
 * may be. So for an angle it is enough to try each beginning, and the largest angle is found by halving.
 */
export function largestSpacing(enrolled: readonly number[], half: number, points: number): number {
  const sorted = enrolled.map((d) => ((d % 360) + 360) % 360).toSorted((a, b) => a - b);
  const arcs = sorted.flatMap((from, i) => {
    const to = i + 1 < sorted.length ? sorted[i + 1]! : sorted[0]! + 360;
    return to - half >= from + half ? [[from + half, to - half] as const] : [];
  });
  if (arcs.length === 0) return -1;
  const turns = [0, 360, 720].flatMap((by) => arcs.map(([from, to]) => [from + by, to + by] as const));
  const next = (at: number) => {
    const arc = turns.find(([, to]) => to >= at - 1e-9);
    return arc === undefined ? Infinity : Math.max(arc[0], at);
  };
  const fits = (angle: number) =>
    arcs.some(([begin]) => {
      let at = begin;
      for (let k = 1; k < points; k++) at = next(at + angle);
      return begin + 360 - at >= angle - 1e-9;
    });
  let [low, high] = [0, 360];
  for (let k = 0; k < 50; k++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
