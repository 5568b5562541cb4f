/**
 * Poses of a set's faces: how yaw, pitch and roll are distributed, and yaw and pitch together. One pass, memory that does not
 * grow with the number of faces.
 */
import { type Distribution, Tally, type TallyOptions } from "./tally.ts";

/** Bins of angles: 2 degrees wide. */
export const ANGLE_BINS: TallyOptions = { low: -90, high: 90, bins: 90 };
/** Bins of the joint distribution along each axis: 5 degrees wide. */
const JOINT_BINS = 36;

/** Faces by yaw and pitch. */
export interface JointPoses {
  /** Lower end of the first bin of both axes, degrees. */
  readonly low: number;
  /** Upper end of the last bin of both axes, degrees. */
  readonly high: number;
  /** Faces in each bin, a row for each bin of pitch, ascending, a column for each of yaw. */
  readonly counts: readonly (readonly number[])[];
}

/** Poses as plain data. */
export interface PoseDistribution {
  /** Turn to the side, degrees. */
  readonly yaw: Distribution;
  /** Nod, degrees. */
  readonly pitch: Distribution;
  /** Tilt, degrees. */
  readonly roll: Distribution;
  /** Yaw and pitch together. */
  readonly joint: JointPoses;
}

/**
 * Poses met one face at a time.
 *
 * @example Two faces, one of them unknown
 * ```ts
 * import { PoseTally } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const tally = new PoseTally();
 * tally.add(31, -4, 0);
 * tally.add(NaN, NaN, NaN);
 * const { yaw, joint } = tally.report();
 * assert.deepEqual([yaw.count, yaw.missing, yaw.mean, joint.counts[17]![24]], [1, 1, 31, 1]);
 * ```
 */
export class PoseTally {
  readonly #axes = { yaw: new Tally(ANGLE_BINS), pitch: new Tally(ANGLE_BINS), roll: new Tally(ANGLE_BINS) };
  readonly #joint = Array.from({ length: JOINT_BINS }, () => new Float64Array(JOINT_BINS));

  /**
   * Takes a face in; angles beyond 90 degrees are in the outermost bins.
   *
   * @param yaw Turn to the side, degrees; NaN where it is not known.
   * @param pitch Nod, degrees.
   * @param roll Tilt, degrees.
   */
  add(yaw: number, pitch: number, roll: number): void {
    this.#axes.yaw.add(yaw);
    this.#axes.pitch.add(pitch);
    this.#axes.roll.add(roll);
    if (!Number.isFinite(yaw) || !Number.isFinite(pitch)) return;
    this.#joint[jointBin(pitch)]![jointBin(yaw)]!++;
  }

  /**
   * Sums up.
   *
   * @returns The distributions.
   */
  report(): PoseDistribution {
    const { yaw, pitch, roll } = this.#axes;
    return {
      yaw: yaw.report(),
      pitch: pitch.report(),
      roll: roll.report(),
      joint: { low: ANGLE_BINS.low, high: ANGLE_BINS.high, counts: this.#joint.map((row) => [...row]) },
    };
  }
}

function jointBin(angle: number): number {
  const bin = Math.floor((angle - ANGLE_BINS.low) / (ANGLE_BINS.high - ANGLE_BINS.low) * JOINT_BINS);
  return Math.min(JOINT_BINS - 1, Math.max(0, bin));
}
