/**
 * How far a pose estimator is from the truth, axis by axis.
 */
import { toTensor } from "@/images/mod.ts";
import { type AxisError, axisError, meanAbsoluteError } from "./axis_error.ts";
import { type ImageSource, readImage, type WorkOptions } from "./embed_images.ts";

/** Angles of N faces in degrees. */
export interface PoseColumns {
  /** Turn to the side [N]. */
  readonly yaw: ArrayLike<number>;
  /** Nod [N]. */
  readonly pitch: ArrayLike<number>;
  /** Tilt [N]. */
  readonly roll: ArrayLike<number>;
}

/** What turns images into poses, such as `PoseEstimator`. */
export interface PoseJudge {
  /** Height and width of an image in pixels. */
  readonly imageSize: number;
  /** Images [N, 3, H, W] in -1..1 to degrees [N] each. */
  estimate(images: Float32Array, count: number): Promise<PoseColumns>;
}

/** Figures of a pose estimator. */
export interface PoseReport {
  /** Faces inside the limit. */
  readonly count: number;
  /** Faces outside it, which count nowhere below. */
  readonly outside: number;
  /** Error of the yaw. */
  readonly yaw: AxisError;
  /** Error of the pitch. */
  readonly pitch: AxisError;
  /** Error of the roll. */
  readonly roll: AxisError;
  /** Mean absolute error of the yaw where the true yaw lies from..to degrees to either side. */
  readonly byYaw: readonly {
    /** Least true yaw of the part, degrees. */
    readonly from: number;
    /** Largest. */
    readonly to: number;
    /** Faces in it. */
    readonly count: number;
    /** Mean absolute error, NaN without faces. */
    readonly error: number;
  }[];
}

/** Images in memory at once. */
const PART = 32;
/** Width of a part of the yaws, degrees. */
const BIN = 15;

/**
 * Measures poses against the truth.
 *
 * @param estimates Angles of N faces.
 * @param truth True angles of the same faces.
 * @param limit Faces whose true yaw or pitch is further out are left aside, degrees. @default {60}
 * @returns The figures.
 * @throws {TypeError} When the lists differ in length.
 * @throws {RangeError} When no face is inside the limit.
 *
 * @example Two degrees too far to one side
 * ```ts
 * import { reportPose } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const truth = { yaw: [-20, 10, 80], pitch: [0, 5, 0], roll: [1, 0, 0] };
 * const { count, yaw, pitch } = reportPose({ ...truth, yaw: [-18, 12, 0] }, truth);
 * assert.deepEqual([count, yaw.error, yaw.bias, pitch.error], [2, 2, 2, 0]);
 * ```
 */
export function reportPose(estimates: PoseColumns, truth: PoseColumns, limit = 60): PoseReport {
  const total = truth.yaw.length;
  for (const [name, list] of [...Object.entries(estimates), ...Object.entries(truth)]) {
    if (list.length !== total) {
      throw new TypeError(`Cannot report on poses: ${total} true yaws but ${list.length} values of ${name}`);
    }
  }
  const inside = Array.from({ length: total }, (_, i) => i).filter((i) => {
    return Math.abs(truth.yaw[i]!) <= limit && Math.abs(truth.pitch[i]!) <= limit;
  });
  if (inside.length === 0) {
    throw new RangeError(`Cannot report on poses: none of ${total} faces has yaw and pitch within ${limit} degrees`);
  }
  const axis = (name: keyof PoseColumns): AxisError => {
    return axisError(inside.map((i) => estimates[name][i]!), inside.map((i) => truth[name][i]!));
  };
  const byYaw = Array.from({ length: Math.ceil(limit / BIN) }, (_, b) => {
    const from = b * BIN, to = Math.min(limit, from + BIN);
    const part = inside.filter((i) =>
      Math.min(Math.floor(Math.abs(truth.yaw[i]!) / BIN), Math.ceil(limit / BIN) - 1) === b
    );
    const error = meanAbsoluteError(part.map((i) => estimates.yaw[i]!), part.map((i) => truth.yaw[i]!));
    return { from, to, count: part.length, error };
  });
  const count = inside.length;
  return { count, outside: total - count, yaw: axis("yaw"), pitch: axis("pitch"), roll: axis("roll"), byYaw };
}

/**
 * Estimates the pose of every image of a source.
 *
 * @param source N images.
 * @param judge The pose estimator.
 * @param options Progress and stopping.
 * @returns Degrees [N] each.
 *
 * @example An estimator that always looks straight ahead
 * ```ts
 * import { estimatePoses } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const black = { length: 3, image: (_: number, out: Uint8Array) => void out.fill(0) };
 * const zeros = (n: number) => new Float32Array(n);
 * const ahead = (n: number) => Promise.resolve({ yaw: zeros(n), pitch: zeros(n), roll: zeros(n) });
 * const { yaw } = await estimatePoses(black, { imageSize: 2, estimate: (_, n) => ahead(n) });
 * assert.deepEqual([...yaw], [0, 0, 0]);
 * ```
 */
export async function estimatePoses(
  source: ImageSource,
  judge: PoseJudge,
  { onProgress, signal }: WorkOptions = {},
): Promise<{ yaw: Float32Array; pitch: Float32Array; roll: Float32Array }> {
  const column = () => new Float32Array(source.length);
  const out = { yaw: column(), pitch: column(), roll: column() };
  for (let from = 0; from < source.length; from += PART) {
    signal?.throwIfAborted();
    const count = Math.min(PART, source.length - from);
    const images = Array.from({ length: count }, (_, i) => readImage(source, from + i, judge.imageSize));
    const part = await judge.estimate(toTensor(images), count);
    for (const name of ["yaw", "pitch", "roll"] as const) out[name].set(part[name], from);
    onProgress?.(from + count);
  }
  return out;
}
