/** Pictures whose landmarks are dots of five colours, and a judge that finds them: an oracle for alignment. */
import { filled, type LandmarkJudge, type Pixels, type Point } from "@/images/mod.ts";

const COLOURS = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [255, 0, 255]] as const;

/** A black picture with soft dots of a radius at the landmarks. */
export function dots(width: number, height: number, landmarks: readonly Point[], radius: number): Pixels {
  const image = filled(width, height, [0, 0, 0]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (const [i, [px, py]] of landmarks.entries()) {
        const share = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(x - px, y - py)));
        if (share > 0) image.data.set(COLOURS[i]!.map((value) => value * share), 3 * (y * width + x));
      }
    }
  }
  return image;
}

/** Finds the middle of each colour in pictures of 112x112; without all of them there is no face. */
export function dotJudge(): LandmarkJudge {
  return {
    imageSize: 112,
    estimate(images, count) {
      const points: number[] = [], face: number[] = [], area = 112 * 112;
      for (let n = 0; n < count; n++) {
        const sums = COLOURS.map(() => [0, 0, 0]);
        for (let p = 0; p < area; p++) {
          const rgb = [0, 1, 2].map((c) => images[(3 * n + c) * area + p]! > 0);
          const i = COLOURS.findIndex((colour) => colour.every((value, c) => (value > 0) === rgb[c]));
          if (i < 0) continue;
          const sum = sums[i]!;
          sum[0]!++, sum[1]! += p % 112, sum[2]! += Math.floor(p / 112);
        }
        face.push(sums.every(([n]) => n! > 0) ? 1 : 0);
        points.push(...sums.flatMap(([n, x, y]) => n! > 0 ? [x! / n!, y! / n!] : [56, 56]));
      }
      return Promise.resolve({ points, face });
    },
  };
}
