/**
 * Views of rendered heads as users' pictures show faces: enlarged, turned, moved, before other backgrounds, in clothes, under
 * other light, through worse cameras; and pictures without a face.
 *
 * @module
 */
import { DEGRADATION_KINDS, degrade } from "@/images/degrade.ts"; // not mod.ts, which would start sharp
import type { Point } from "@/images/similarity_transform.ts";
import type { RandomStream } from "@/random/mod.ts";
import { colour, drawClutter } from "./_clutter.ts";

/** Height and width of pictures in pixels. */
const SIZE = 112, MIDDLE = (SIZE - 1) / 2;

/** Share of pictures without a face. */
const FACELESS = 0.06;

/** A picture of a face that views are made of. */
export interface FaceSource {
  /** RGB bytes [112,112,3]. */
  readonly image: Uint8Array;
  /** 255 on the head, [112,112]. */
  readonly head: Uint8Array;
  /** Five points in pixels. */
  readonly landmarks: readonly Point[];
  /** Size of the face, 1 for an aligned one. */
  readonly zoom: number;
}

/** A view and what is known about it. */
export interface FaceView {
  /** RGB bytes [112,112,3]. */
  readonly image: Uint8Array<ArrayBuffer>;
  /** Where the five points are now, also beyond the edges. */
  readonly landmarks: readonly Point[];
  /** 1 with a face, 0 without, undefined where only a part of one is seen. */
  readonly face: 0 | 1 | undefined;
  /** Whether enough of the face is seen to ask where its points are. */
  readonly located: boolean;
}

/**
 * Draws a view. Half the views of aligned pictures stay nearly so; pictures from afar are brought closer, up to twice.
 *
 * @param source The picture.
 * @param stream Random numbers.
 * @returns The view.
 *
 * @example The points go with the picture
 * ```ts
 * import assert from "node:assert/strict";
 * import { ARC_TEMPLATE } from "@/images/mod.ts";
 * import { RandomStream } from "@/random/mod.ts";
 * import { drawFaceView } from "@/training/mod.ts";
 *
 * const [image, head] = [new Uint8Array(112 * 112 * 3), new Uint8Array(112 * 112)];
 * const view = drawFaceView({ image, head, landmarks: ARC_TEMPLATE, zoom: 1 }, new RandomStream(1, "views"));
 * assert.deepEqual([view.image.length, view.landmarks.length], [image.length, 5]);
 * ```
 */
export function drawFaceView(source: FaceSource, stream: RandomStream): FaceView {
  const clutter = drawClutter(SIZE, stream);
  if (stream.uniform() < FACELESS) {
    return { image: takePhoto(clutter, stream), landmarks: source.landmarks, face: 0, located: false };
  }
  const factor = drawFactor(source.zoom, stream);
  const angle = (stream.uniform() < 0.5 ? 5 * stream.normal() : stream.uniformIn(-50, 50)) * Math.PI / 180;
  const near = stream.uniform() < 0.5;
  const [dx, dy] = [0, 1].map(() => near ? 5 * stream.normal() : stream.uniformIn(-46, 46));
  const [c, s] = [factor * Math.cos(angle), factor * Math.sin(angle)];
  const landmarks = source.landmarks.map(([x, y]): Point => {
    const [u, v] = [x - MIDDLE, y - MIDDLE];
    return [c * u - s * v + MIDDLE + dx!, s * u + c * v + MIDDLE + dy!];
  });
  const inside = landmarks.filter(([x, y]) => x >= 0 && y >= 0 && x < SIZE && y < SIZE).length;
  const image = new Uint8Array(SIZE * SIZE * 3);
  warp(source, { inverse: [c, s, dx!, dy!, factor * factor], clutter, stream }, image);
  return {
    image: takePhoto(image, stream),
    landmarks,
    face: inside >= 4 ? 1 : inside === 0 ? 0 : undefined,
    located: inside >= 3,
  };
}

/** How many times larger than in the source. */
function drawFactor(zoom: number, stream: RandomStream): number {
  const between = (lo: number, hi: number) => Math.exp(stream.uniformIn(Math.log(lo), Math.log(hi)));
  if (zoom < 0.9) return between(0.6, 2);
  return stream.uniform() < 0.5 ? between(0.9, 1.12) : between(0.85, 1.7);
}

interface Warp {
  /** Cosine and sine times the factor, shift, and the factor squared. */
  readonly inverse: readonly [c: number, s: number, dx: number, dy: number, square: number];
  readonly clutter: Uint8Array;
  readonly stream: RandomStream;
}

/** Fills the view pixel by pixel: clothes, head, background, what is beyond the picture. */
function warp({ image, head, zoom }: FaceSource, { inverse, clutter, stream }: Warp, out: Uint8Array): void {
  const [c, s, dx, dy, square] = inverse;
  const elsewhere = stream.uniform() < 0.5; // before another background
  const beyond = stream.uniform(), edges = beyond < 0.3, black = beyond >= 0.3 && beyond < 0.55;
  // Shoulders: an ellipse whose top is at the neck, in pixels of the aligned face.
  const dressed = stream.uniform() < 0.6, top = stream.uniformIn(128, 165), cloth = colour(stream);
  const [wide, high] = [stream.uniformIn(80, 150), stream.uniformIn(60, 160)], side = 10 * stream.normal();
  const last = SIZE - 1, sample = new Float64Array(4);
  for (let y = 0, at = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, at += 3) {
      const u = x - MIDDLE - dx, v = y - MIDDLE - dy;
      const sx = (c * u + s * v) / square + MIDDLE, sy = (c * v - s * u) / square + MIDDLE;
      if (dressed) {
        const fx = (sx - MIDDLE) / zoom - side, fy = (sy - MIDDLE) / zoom + MIDDLE - top - high;
        if ((fx / wide) ** 2 + (Math.min(fy, 0) / high) ** 2 < 1 && fy > -high) {
          for (let k = 0; k < 3; k++) out[at + k] = cloth[k]!;
          continue;
        }
      }
      const within = sx >= 0 && sy >= 0 && sx <= last && sy <= last;
      if (!within && !edges) {
        if (!black) { for (let k = 0; k < 3; k++) out[at + k] = clutter[at + k]!; }
        continue;
      }
      bilinear(image, head, Math.max(0, Math.min(last, sx)), Math.max(0, Math.min(last, sy)), sample);
      const share = elsewhere ? sample[3]! : 1;
      for (let k = 0; k < 3; k++) out[at + k] = clutter[at + k]! + share * (sample[k]! - clutter[at + k]!) + 0.5;
    }
  }
}

/** Colour and share of the head at a place within the picture. */
function bilinear(image: Uint8Array, head: Uint8Array, x: number, y: number, out: Float64Array): void {
  const left = Math.min(SIZE - 2, Math.floor(x)), up = Math.min(SIZE - 2, Math.floor(y));
  const right = x - left, down = y - up, at = up * SIZE + left;
  const [a, b, c, d] = [(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down];
  for (let k = 0, i = 3 * at; k < 3; k++, i++) {
    out[k] = a * image[i]! + b * image[i + 3]! + c * image[i + 3 * SIZE]! + d * image[i + 3 * SIZE + 3]!;
  }
  out[3] = (a * head[at]! + b * head[at + 1]! + c * head[at + SIZE]! + d * head[at + SIZE + 1]!) / 255;
}

/** Light, colour, sharpness, noise, things in front: what photographs differ in from renders. */
function takePhoto(data: Uint8Array<ArrayBuffer>, stream: RandomStream): Uint8Array<ArrayBuffer> {
  const grey = stream.uniform() < 0.2, gamma = Math.exp(0.3 * stream.normal());
  const contrast = Math.exp(0.3 * stream.normal()), light = 22 * stream.normal();
  const tables = [0, 1, 2].map(() => {
    const gain = Math.exp(0.1 * stream.normal());
    return Float64Array.from(
      { length: 256 },
      (_, v) => (255 * (v / 255) ** gamma * gain - 128) * contrast + 128 + light,
    );
  });
  // Light from a side.
  const slope = stream.uniform() < 0.35 ? stream.uniformIn(0.1, 0.8) / SIZE : 0,
    angle = stream.uniformIn(0, 2 * Math.PI);
  const [sx, sy] = [slope * Math.cos(angle), slope * Math.sin(angle)];
  for (let y = 0, at = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++, at += 3) {
      const shade = 1 + sx * (x - MIDDLE) + sy * (y - MIDDLE);
      let [r, g, b] = [tables[0]![data[at]!]!, tables[1]![data[at + 1]!]!, tables[2]![data[at + 2]!]!];
      if (grey) r = g = b = 0.3 * r + 0.59 * g + 0.11 * b;
      data[at] = level(r * shade), data[at + 1] = level(g * shade), data[at + 2] = level(b * shade);
    }
  }
  let image = { width: SIZE, height: SIZE, data };
  for (const kind of DEGRADATION_KINDS) {
    if (stream.uniform() >= 0.15) continue;
    const strength = (kind === "blur" ? 0.6 : 0.4) * stream.uniform();
    image = degrade(image, { kind, strength }, stream) as typeof image;
  }
  return image.data;
}

function level(value: number): number {
  return value < 0 ? 0 : value > 254.5 ? 255 : value + 0.5;
}
