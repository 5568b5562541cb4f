/** Loss of sharpness, on pictures of [SIZE,SIZE,3]. */

import { SIZE } from "./_workspace.ts";

/** Gaussian blur in two passes; edges repeat. */
export function blur(
  picture: Float32Array,
  scratch: Float32Array,
  sd: number,
): void {
  const reach = Math.min(7, Math.ceil(sd * 2.6));
  const kernel = new Float64Array(2 * reach + 1);
  let total = 0;
  for (let i = -reach; i <= reach; i++) {
    total += kernel[i + reach] = Math.exp(-0.5 * (i / sd) ** 2);
  }
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        let sum = 0;
        for (let i = -reach; i <= reach; i++) {
          const at = x + i < 0 ? 0 : x + i >= SIZE ? SIZE - 1 : x + i;
          sum += kernel[i + reach]! * picture[3 * (y * SIZE + at) + channel]!;
        }
        scratch[y * SIZE + x] = sum / total;
      }
    }
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        let sum = 0;
        for (let i = -reach; i <= reach; i++) {
          const at = y + i < 0 ? 0 : y + i >= SIZE ? SIZE - 1 : y + i;
          sum += kernel[i + reach]! * scratch[at * SIZE + x]!;
        }
        picture[3 * (y * SIZE + x) + channel] = sum / total;
      }
    }
  }
}

/** What remains after the picture was once `factor` times smaller: box down, bilinear up. */
export function shrink(
  picture: Float32Array,
  scratch: Float32Array,
  factor: number,
): void {
  const small = Math.max(8, Math.round(SIZE / factor));
  const step = SIZE / small;
  for (let y = 0; y < small; y++) {
    for (let x = 0; x < small; x++) {
      const x0 = Math.floor(x * step),
        x1 = Math.max(x0 + 1, Math.floor((x + 1) * step));
      const y0 = Math.floor(y * step),
        y1 = Math.max(y0 + 1, Math.floor((y + 1) * step));
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let j = y0; j < y1; j++) {
          for (let i = x0; i < x1; i++) {
            sum += picture[3 * (j * SIZE + i) + c]!;
          }
        }
        scratch[3 * (y * small + x) + c] = sum / ((x1 - x0) * (y1 - y0));
      }
    }
  }
  for (let y = 0; y < SIZE; y++) {
    const v = Math.min(small - 1, Math.max(0, (y + 0.5) / step - 0.5));
    const v0 = Math.floor(v), v1 = Math.min(small - 1, v0 + 1), fv = v - v0;
    for (let x = 0; x < SIZE; x++) {
      const u = Math.min(small - 1, Math.max(0, (x + 0.5) / step - 0.5));
      const u0 = Math.floor(u), u1 = Math.min(small - 1, u0 + 1), fu = u - u0;
      for (let c = 0; c < 3; c++) {
        const top = scratch[3 * (v0 * small + u0) + c]! * (1 - fu) +
          scratch[3 * (v0 * small + u1) + c]! * fu;
        const low = scratch[3 * (v1 * small + u0) + c]! * (1 - fu) +
          scratch[3 * (v1 * small + u1) + c]! * fu;
        picture[3 * (y * SIZE + x) + c] = top * (1 - fv) + low * fv;
      }
    }
  }
}
