/** Curves of the neutral face that brows and lips are painted along. */

import type { HeadModel } from "./head_model.ts";
import { clamp } from "./_noise.ts";

function landmark(model: HeadModel, k: number): [number, number, number] {
  const v = model.landmarks[k]!;
  return [
    model.neutral[3 * v]!,
    model.neutral[3 * v + 1]!,
    model.neutral[3 * v + 2]!,
  ];
}

/** Height of the brow as a function of the distance to the middle line (landmarks 22..26). */
export function browCurve(model: HeadModel): (side: number) => number {
  const points = [22, 23, 24, 25, 26].map((k) => landmark(model, k));
  return (side) => {
    let i = 0;
    while (i < 3 && side > points[i + 1]![0]) i++;
    const a = points[i]!, b = points[i + 1]!;
    const t = clamp((side - a[0]) / (b[0] - a[0]), -1, 2);
    return a[1] + (b[1] - a[1]) * t - 0.15;
  };
}

/** The lips' outer outline, a closed polygon in x and y (landmarks 48..59). */
export function lipOutline(model: HeadModel): [number, number][] {
  const points: [number, number][] = [];
  for (let k = 48; k < 60; k++) {
    const [x, y] = landmark(model, k);
    points.push([x, y]);
  }
  return points;
}

/** Distance to a closed polygon, positive inside. */
export function outlineDistance(
  outline: readonly (readonly [number, number])[],
  x: number,
  y: number,
): number {
  let best = Infinity;
  let inside = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [ax, ay] = outline[j]!, [bx, by] = outline[i]!;
    const dx = bx - ax, dy = by - ay;
    const t = clamp(
      ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy),
      0,
      1,
    );
    best = Math.min(best, Math.hypot(x - ax - t * dx, y - ay - t * dy));
    if ((ay > y) !== (by > y) && x < dx * (y - ay) / dy + ax) inside = !inside;
  }
  return inside ? best : -best;
}
