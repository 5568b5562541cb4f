/**
 * The result of measuring yaw targets: the part of what `deno task evaluate:attrop --json FILE` writes that figures need,
 * checked.
 */
import { openResult } from "./_result.ts";

/** One image that was asked to have a yaw. */
export interface YawPoint {
  /** Yaw asked for, degrees. */
  readonly target: number;
  /** Yaw by the estimator that was descended; null when there was no image. */
  readonly yaw: number | null;
  /** Cosine of the image to its identity. */
  readonly cosine: number | null;
  /** Yaw of the saved image by an estimator that was not descended; null without one. */
  readonly second: number | null;
}

/** Images that were asked to have yaws. */
export interface YawPoints {
  /** Name of the set. */
  readonly name: string;
  /** Greatest error that counts as reached, degrees. */
  readonly tolerance: number;
  /** Least cosine of an image that counts as its identity. */
  readonly leastCosine: number;
  /** The images. */
  readonly images: readonly YawPoint[];
}

/**
 * Checks a value read from JSON and takes the yaw targets out of it.
 *
 * @param value What `JSON.parse` returned.
 * @param file Where it is from, for messages.
 * @returns The images.
 * @throws {TypeError} When the value is something else, by the first field that is wrong.
 *
 * @example One image
 * ```ts
 * import { parseYawPoints } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const yaw = { tolerance: 5, leastCosine: 0.5, images: [{ target: 30, yaw: 28, cosine: 0.7, second: null }] };
 * const points = parseYawPoints({ kind: "attrop", name: "mini", yaw }, "attrop.json");
 * assert.equal(points.images[0]!.yaw, 28);
 * assert.throws(() => parseYawPoints({ kind: "attrop", name: "mini" }, "attrop.json"), /no yaw targets/);
 * ```
 */
export function parseYawPoints(value: unknown, file: string): YawPoints {
  const { name, record: { yaw }, wrong } = openResult(value, file, "attrop", "evaluate:attrop");
  if (typeof yaw !== "object" || yaw === null) throw wrong("it has no yaw targets, they were left out by --parts");
  const { tolerance, leastCosine, images } = yaw as Record<string, unknown>;
  if (typeof tolerance !== "number" || typeof leastCosine !== "number") {
    throw wrong(`"yaw" has no numbers "tolerance" and "leastCosine"`);
  }
  if (!Array.isArray(images) || images.length === 0) throw wrong(`"yaw" has no list of "images"`);
  const points = images.map((image, i): YawPoint => {
    const number = (key: "target" | "yaw" | "cosine" | "second") => {
      const found = (image as Record<string, unknown> | null)?.[key];
      const missing = found === null && key !== "target";
      if (typeof found !== "number" && !missing) throw wrong(`"${key}" of image ${i} is no number`);
      return found as number;
    };
    return { target: number("target"), yaw: number("yaw"), cosine: number("cosine"), second: number("second") };
  });
  return { name, tolerance, leastCosine, images: points };
}
