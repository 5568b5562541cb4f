/** Pictures that stand for heads: a bright disc whose place tells yaw and pitch, and whose colour tells the identity. */
import type { PackedImages } from "@/training/mod.ts";
import { RandomStream } from "@/random/mod.ts";

const SIZE = 112;

/** `count` pictures, two an identity, in memory. */
export function shadedHeads(count: number): PackedImages {
  const stream = new RandomStream(5, "shaded heads");
  const poses = Array.from({ length: count }, () => ({
    yaw: stream.uniformIn(-60, 60),
    pitch: stream.uniformIn(-20, 20),
    roll: 0,
  }));
  const colours = Array.from({ length: count / 2 }, () => [0, 1, 2].map(() => stream.uniformIn(80, 250)));
  return {
    length: count,
    classes: count / 2,
    labels: Int32Array.from({ length: count }, (_, i) => i >> 1),
    poses,
    image(index: number, out: Uint8Array, flip = false): void {
      const { yaw, pitch } = poses[index]!, colour = colours[index >> 1]!;
      // A positive yaw turns to the image left.
      const x = SIZE / 2 + (flip ? yaw : -yaw) * 0.6, y = SIZE / 2 - pitch;
      for (let row = 0; row < SIZE; row++) {
        for (let column = 0; column < SIZE; column++) {
          const shade = Math.exp(-((column - x) ** 2 + (row - y) ** 2) / 400);
          for (let c = 0; c < 3; c++) out[3 * (row * SIZE + column) + c] = 20 + shade * (colour[c]! - 20);
        }
      }
    },
  } as unknown as PackedImages;
}
