/**
 * Darkens what lies behind its surroundings in the depth picture: eye sockets, skin under hair, neck under the chin.
 *
 * Source: Luft, Colditz, Deussen, "Image enhancement by unsharp masking the depth buffer" (SIGGRAPH 2006). Deviations:
 * box blur, darkening only, background left out of the mean.
 */

import type { Workspace } from "./_workspace.ts";

const RADIUS = 11;

/** Fills `light` with a factor 0.4..1 for every covered sample. */
export function depthShade(w: Workspace): void {
  const { size, triangle, nearness } = w.visible;
  const { blurred, scratch, light } = w;
  const weightRow = new Float32Array(size);
  const weights = w.shade; // not in use yet: horizontal sums of weights
  for (let y = 0; y < size; y++) {
    let sum = 0, weight = 0;
    const row = y * size;
    for (let x = -RADIUS; x < size; x++) {
      const enter = x + RADIUS;
      if (enter < size && triangle[row + enter]! >= 0) {
        sum += 1 / nearness[row + enter]!;
        weight++;
      }
      const leave = x - RADIUS - 1;
      if (leave >= 0 && triangle[row + leave]! >= 0) {
        sum -= 1 / nearness[row + leave]!;
        weight--;
      }
      if (x >= 0) {
        scratch[row + x] = sum;
        weights[row + x] = weight;
      }
    }
  }
  const sums = new Float64Array(size);
  for (let y = -RADIUS; y < size; y++) {
    const enter = (y + RADIUS) * size, leave = (y - RADIUS - 1) * size;
    if (y + RADIUS < size) {
      for (let x = 0; x < size; x++) {
        sums[x]! += scratch[enter + x]!;
        weightRow[x]! += weights[enter + x]!;
      }
    }
    if (leave >= 0) {
      for (let x = 0; x < size; x++) {
        sums[x]! -= scratch[leave + x]!;
        weightRow[x]! -= weights[leave + x]!;
      }
    }
    if (y < 0) continue;
    const row = y * size;
    for (let x = 0; x < size; x++) {
      blurred[row + x] = sums[x]! / (weightRow[x]! || 1);
    }
  }
  const n = size * size;
  for (let i = 0; i < n; i++) {
    if (triangle[i]! < 0) continue;
    const behind = 1 / nearness[i]! - blurred[i]!;
    const d = behind < 0 ? 0 : behind > 2.2 ? 2.2 : behind;
    light[i] = 1 - 0.27 * d;
  }
}
