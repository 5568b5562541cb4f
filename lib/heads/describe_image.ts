/** What is known about a rendered image, as one line of text files. */

import type { RenderedImage } from "./render_many.ts";

/**
 * Tells what is known about an image, as plain data for a line of `truth.jsonl`.
 *
 * @param image An image of {@linkcode renderMany}.
 * @returns Identity, image, pose in degrees (signs as in {@linkcode Pose}), landmarks in pixels, and circumstances.
 *
 * @example A line for each image
 * ```ts
 * import assert from "node:assert/strict";
 * import { describeImage, renderMany, toyHead } from "@/heads/mod.ts";
 * for await (const image of renderMany(toyHead(), { identities: [0, 1], images: 1 })) {
 *   assert.equal(describeImage(image).identity, 0);
 * }
 * ```
 */
export function describeImage(image: RenderedImage): Record<string, unknown> {
  const { scene, truth } = image;
  const round = (v: number) => Math.round(v * 1000) / 1000;
  return {
    identity: image.identity,
    image: image.image,
    yaw: round(truth.yaw),
    pitch: round(truth.pitch),
    roll: round(truth.roll),
    landmarks: truth.landmarks.map(([x, y]) => [round(x), round(y)]),
    light: {
      azimuth: round(scene.light.azimuth),
      elevation: round(scene.light.elevation),
      key: round(scene.light.key[1]),
      fill: round(scene.light.sky[1]),
    },
    blur: round(scene.camera.blur),
    shrink: round(scene.camera.shrink),
    noise: round(scene.camera.noise),
    jpeg: scene.camera.jpeg,
    occlusion: scene.occlusion.kind,
    expression: round(Math.max(0, ...Object.values(scene.expression))),
    accessories: { glasses: scene.wear.glasses, hat: scene.wear.hat },
    distance: round(scene.distance),
    ...(scene.frame === undefined ? {} : { frame: scene.frame }),
  };
}
