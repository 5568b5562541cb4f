/** What lies around and behind faces in photographs, as far as a landmark estimator has to overlook it: blobs, boxes, stripes. */
import type { RandomStream } from "@/random/mod.ts";

/** Lattice points along each edge of the blobs. */
const LATTICE = 9;

/** Draws a picture [size,size,3] without a face. */
export function drawClutter(size: number, stream: RandomStream): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size * size * 3);
  const base = colour(stream), spread = stream.uniform() < 0.3 ? 0 : stream.uniformIn(5, 110);
  const lattice = Float32Array.from(
    { length: LATTICE * LATTICE * 3 },
    (_, i) => base[i % 3]! + spread * stream.normal(),
  );
  const step = stream.uniformIn(1.5, LATTICE - 2) / size;
  for (let y = 0, at = 0; y < size; y++) {
    const v = y * step, row = Math.floor(v), down = v - row;
    for (let x = 0; x < size; x++, at += 3) {
      const u = x * step, column = Math.floor(u), right = u - column;
      const a = 3 * (row * LATTICE + column), b = a + 3 * LATTICE;
      for (let c = 0; c < 3; c++) {
        const upper = lattice[a + c]! + right * (lattice[a + 3 + c]! - lattice[a + c]!);
        const lower = lattice[b + c]! + right * (lattice[b + 3 + c]! - lattice[b + c]!);
        out[at + c] = clamp(upper + down * (lower - upper));
      }
    }
  }
  const shapes = stream.uniform() < 0.4 ? 0 : 1 + stream.integer(7);
  for (let k = 0; k < shapes; k++) drawShape(out, size, stream);
  return out;
}

/** A box or ellipse of one colour, or of two in stripes, somewhere. */
function drawShape(out: Uint8Array, size: number, stream: RandomStream): void {
  const [x, y] = [stream.uniformIn(0, size), stream.uniformIn(0, size)];
  const [w, h] = [size * Math.exp(stream.uniformIn(-3, 0)), size * Math.exp(stream.uniformIn(-3, 0))];
  const angle = stream.uniform() < 0.5 ? 0 : stream.uniformIn(-1.6, 1.6), round = stream.uniform() < 0.3;
  const first = colour(stream), second = stream.uniform() < 0.3 ? colour(stream) : first;
  const width = stream.uniformIn(2, 14), cos = Math.cos(angle), sin = Math.sin(angle), reach = Math.hypot(w, h) / 2;
  for (let row = Math.max(0, Math.ceil(y - reach)); row < Math.min(size, y + reach); row++) {
    for (let column = Math.max(0, Math.ceil(x - reach)); column < Math.min(size, x + reach); column++) {
      const u = (column - x) * cos + (row - y) * sin, v = (row - y) * cos - (column - x) * sin;
      if (round ? (2 * u / w) ** 2 + (2 * v / h) ** 2 > 1 : Math.abs(u) > w / 2 || Math.abs(v) > h / 2) continue;
      out.set(Math.floor(u / width) % 2 === 0 ? first : second, 3 * (row * size + column));
    }
  }
}

/** A colour, seldom a bright one. */
export function colour(stream: RandomStream): readonly [number, number, number] {
  const grey = stream.uniformIn(0, 255), strength = 60 * stream.uniform();
  return [0, 1, 2].map(() => clamp(grey + strength * stream.normal())) as unknown as readonly [number, number, number];
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
