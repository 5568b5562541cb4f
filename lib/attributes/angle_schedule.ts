/**
 * Which angle each image of a data set is asked for: a constant, a range, or a histogram; a pure function of seed, identity
 * and image number.
 *
 * @module
 */
import { RandomStream } from "@/random/mod.ts";
import type { PoseAngle } from "./pose_objective.ts";

/** A distribution of angles in degrees; plain JSON, so that it can be part of a recipe. */
export type AngleSchedule =
  | { readonly kind: "constant"; readonly angle: number }
  | { readonly kind: "uniform"; readonly from: number; readonly to: number }
  | { readonly kind: "histogram"; readonly edges: readonly number[]; readonly counts: readonly number[] };

/** The key of one image. */
export interface ScheduleKey {
  /** Seed of the data set, 0..2^64-1. */
  readonly seed: number | bigint;
  /** Row of the identity. */
  readonly identity: number;
  /** Number of the image within the identity. */
  readonly image: number;
}

/** Angles of a head are within this. */
const LIMIT_DEGREES = 180;

/** Streams of the three angles, so that they are drawn independently. */
const STREAMS: Readonly<Record<PoseAngle, (key: ScheduleKey) => RandomStream>> = {
  yaw: ({ seed, identity, image }) => new RandomStream(seed, "yaw-target", identity, image),
  pitch: ({ seed, identity, image }) => new RandomStream(seed, "pitch-target", identity, image),
  roll: ({ seed, identity, image }) => new RandomStream(seed, "roll-target", identity, image),
};

/**
 * Reads a schedule from a command line: "45", or "uniform:-60:60".
 *
 * @param text The text.
 * @returns The schedule.
 * @throws {SyntaxError} If the text is neither.
 * @throws {RangeError} If an angle is outside -180..180 degrees, or the range is empty.
 *
 * @example A range
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { parseAngleSchedule } from "@/attributes/mod.ts";
 *
 * deepStrictEqual(parseAngleSchedule("uniform:-60:60"), { kind: "uniform", from: -60, to: 60 });
 * ```
 */
export function parseAngleSchedule(text: string): AngleSchedule {
  const parts = text.split(":"), numbers = parts.slice(parts[0] === "uniform" ? 1 : 0);
  const values = numbers.map(Number);
  const readable = numbers.every((part) => part.trim() !== "") && values.every((value) => !Number.isNaN(value));
  if (readable && values.length === 1 && parts.length === 1) return checked({ kind: "constant", angle: values[0]! });
  if (readable && parts.length === 3 && values.length === 2) {
    return checked({ kind: "uniform", from: values[0]!, to: values[1]! });
  }
  throw new SyntaxError(`Cannot read angle schedule "${text}": expected degrees, such as -30, or uniform:FROM:TO`);
}

/**
 * Reads a histogram of angles from JSON: `{ "edges": [-60, -20, 20, 60], "counts": [1, 3, 1] }`, or
 * `{ "low": -60, "high": 60, "counts": [...] }` with bins of one width.
 *
 * @param json The parsed JSON.
 * @param name What to call it in messages.
 * @returns The schedule.
 * @throws {TypeError} If it has another form.
 * @throws {RangeError} If the edges do not rise, lie outside -180..180 degrees, or the counts are negative or all zero.
 *
 * @example Bins of one width
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { histogramSchedule } from "@/attributes/mod.ts";
 *
 * const schedule = histogramSchedule({ low: -60, high: 60, counts: [1, 3, 1] });
 * deepStrictEqual(schedule, { kind: "histogram", edges: [-60, -20, 20, 60], counts: [1, 3, 1] });
 * ```
 */
export function histogramSchedule(json: unknown, name = "pose histogram"): AngleSchedule {
  const { edges, counts, low, high } = (json ?? {}) as Record<string, unknown>;
  if (!isNumbers(counts)) throw new TypeError(`Cannot read ${name}: it has no "counts", a list of numbers`);
  const even = typeof low === "number" && typeof high === "number";
  const places = even && edges === undefined
    ? Array.from({ length: counts.length + 1 }, (_, i) => low + (high - low) * i / counts.length)
    : edges;
  if (!isNumbers(places) || places.length !== counts.length + 1) {
    throw new TypeError(
      `Cannot read ${name}: ${counts.length} counts need ${counts.length + 1} numbers as "edges", or "low" and "high"`,
    );
  }
  return checked({ kind: "histogram", edges: places, counts }, name);
}

/**
 * The angle that an image is asked for.
 *
 * @param schedule Distribution of the angles.
 * @param angle Which angle; each is drawn independently.
 * @param key Seed, identity and image number.
 * @returns Degrees.
 *
 * @example The same image, the same angle
 * ```ts
 * import { ok, strictEqual } from "node:assert/strict";
 * import { scheduledAngle } from "@/attributes/mod.ts";
 *
 * const schedule = { kind: "uniform", from: -60, to: 60 } as const, key = { seed: 1, identity: 7, image: 3 };
 * const yaw = scheduledAngle(schedule, "yaw", key);
 * ok(yaw >= -60 && yaw <= 60);
 * strictEqual(scheduledAngle(schedule, "yaw", key), yaw);
 * ```
 */
export function scheduledAngle(schedule: AngleSchedule, angle: PoseAngle, key: ScheduleKey): number {
  switch (schedule.kind) {
    case "constant":
      return schedule.angle;
    case "uniform":
      return STREAMS[angle](key).uniformIn(schedule.from, schedule.to);
    case "histogram":
      return quantile(schedule.edges, schedule.counts, STREAMS[angle](key).uniform());
  }
}

/** Angle below which a share of a histogram lies, linear inside a bin. */
function quantile(edges: readonly number[], counts: readonly number[], share: number): number {
  let rest = share * counts.reduce((sum, count) => sum + count, 0);
  let bin = 0;
  // The last bin that holds anything takes what rounding leaves over.
  const last = counts.findLastIndex((count) => count > 0);
  while (bin < last && rest >= counts[bin]!) rest -= counts[bin++]!;
  const inside = Math.min(1, rest / counts[bin]!);
  return edges[bin]! + (edges[bin + 1]! - edges[bin]!) * inside;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");
}

function checked(schedule: AngleSchedule, name = "angle schedule"): AngleSchedule {
  const places = schedule.kind === "constant"
    ? [schedule.angle]
    : schedule.kind === "uniform"
    ? [schedule.from, schedule.to]
    : schedule.edges;
  const rising = places.every((place, i) => i === 0 || place > places[i - 1]!);
  if (!rising || places.some((place) => !(Math.abs(place) <= LIMIT_DEGREES))) {
    throw new RangeError(
      `Cannot use ${name}: its angles are [${places}], expected rising numbers within -${LIMIT_DEGREES}..${LIMIT_DEGREES} degrees`,
    );
  }
  if (schedule.kind === "histogram") {
    const { counts } = schedule, sum = counts.reduce((a, b) => a + b, 0);
    if (counts.some((count) => !(count >= 0)) || !(sum > 0 && sum < Infinity)) {
      throw new RangeError(
        `Cannot use ${name}: its counts are [${counts}], expected numbers from 0 with a sum above 0`,
      );
    }
  }
  return schedule;
}
