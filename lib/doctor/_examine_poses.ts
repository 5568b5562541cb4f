/** What the poses of a set come to. */
import { distributionOf, PoseDrift, PROFILE_COLUMNS, spreadWithin } from "@/metrics/mod.ts";
import type { PoseFindings } from "./findings.ts";
import type { MeasuredSet } from "./measured_set.ts";
import { profileColumn } from "./_profile_columns.ts";

/** Bins of yaw and pitch together: 5 degrees. */
const JOINT = { low: -90, high: 90, bins: 36 };
/** Frontal up to the first, turned from the second, degrees. */
const FRONTAL = 10, TURNED = 30;

/** Sums poses up; undefined when nobody judged them. */
export function examinePoses(measured: MeasuredSet): PoseFindings | undefined {
  const angles = (name: "yaw" | "pitch" | "roll") => () => profileColumn(measured, PROFILE_COLUMNS[name]);
  const yaw = distributionOf(angles("yaw"));
  if (yaw.count === 0) return undefined;
  const counts = Array.from({ length: JOINT.bins }, () => new Array<number>(JOINT.bins).fill(0));
  const bin = (angle: number) => {
    const place = Math.floor((angle - JOINT.low) / (JOINT.high - JOINT.low) * JOINT.bins);
    return Math.max(0, Math.min(JOINT.bins - 1, place));
  };
  const drift = new PoseDrift(), ends = new PoseDrift([0, FRONTAL, TURNED, 180]);
  const pitches = angles("pitch")();
  let row = 0;
  for (const angle of angles("yaw")()) {
    const pitch = pitches.next().value as number;
    if (Number.isFinite(angle) && Number.isFinite(pitch)) counts[bin(pitch)]![bin(angle)]!++;
    const own = measured.own(row++);
    drift.add(angle, own);
    ends.add(angle, own);
  }
  const within = spreadWithin(measured.set.starts, angles("yaw")()).filter((spread) => !Number.isNaN(spread));
  const [frontal, , turned] = ends.report();
  const both = frontal!.mean !== null && turned!.mean !== null;
  return {
    yaw,
    pitch: distributionOf(angles("pitch")),
    roll: distributionOf(angles("roll")),
    joint: { low: JOINT.low, high: JOINT.high, counts },
    yawWithin: within.length === 0 ? null : within.reduce((sum, spread) => sum + spread, 0) / within.length,
    drift: drift.report(),
    driftSlope: both ? frontal!.mean! - turned!.mean! : null,
  };
}
