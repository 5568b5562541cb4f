/** The result of measuring poses: what `deno task poses --json FILE` writes, checked. */
import { histogramOf, numbersOf, openResult } from "./_result.ts";
import type { PoseAngle, PoseSet } from "./pose_figure.ts";

/**
 * Checks a value read from JSON and takes it as the poses of a set.
 *
 * @param value What `JSON.parse` returned.
 * @param file Where it is from, for messages.
 * @returns The poses.
 * @throws {TypeError} When the value is something else, by the first field that is wrong.
 *
 * @example What the task writes
 * ```ts
 * import { PoseTally } from "@/metrics/mod.ts";
 * import { parsePoses } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const tally = new PoseTally();
 * tally.add(20, 0, 0);
 * const result = { kind: "poses", name: "mini", ...tally.report() };
 * assert.equal(parsePoses(result, "poses.json").yaw.counts[55], 1);
 * assert.throws(() => parsePoses({ ...result, joint: 1 }, "poses.json"), /"joint" has no ends/);
 * ```
 */
export function parsePoses(value: unknown, file: string): PoseSet {
  const { name, record, wrong } = openResult(value, file, "poses", "poses");
  const angle = (key: PoseAngle) => {
    return histogramOf((record[key] as Record<string, unknown> | null)?.histogram, `"${key}".histogram`, wrong);
  };
  const joint = record.joint as Record<string, unknown> | null | undefined;
  const rows = Array.isArray(joint?.counts) ? joint.counts as unknown[] : [];
  const { low, high } = histogramOf({ ...joint, counts: [0] }, `"joint"`, wrong);
  if (rows.length === 0) throw wrong(`"joint".counts is no list of lists`);
  const counts = rows.map((row, i) => numbersOf(row, `"joint".counts[${i}]`, wrong, rows.length));
  return { name, yaw: angle("yaw"), pitch: angle("pitch"), roll: angle("roll"), joint: { low, high, counts } };
}
