/**
 * What was asked of each image and what it has: a JSON line an image, beside the data set.
 */
import type { EndReason } from "@/attributes/mod.ts";
import { JsonLog, readJsonLog } from "./_json_log.ts";
import type { DatasetPaths } from "./dataset_files.ts";
import type { GenerationPlan, ImageAddress } from "./plan.ts";

/** A line of the report. */
export interface ImageRecord extends ImageAddress {
  /** Label of the image in the data set, where labels do not begin at 0. */
  readonly label?: number;
  /** Numbers asked for: angles in degrees, "quality" as a norm. */
  readonly asked: Readonly<Record<string, number>>;
  /** What was measured on the image, "cosine" to the ID vector among it; empty when no image was finite. */
  readonly achieved: Readonly<Record<string, number | null>>;
  /** How far that is from what was asked, in the same units. */
  readonly missed: Readonly<Record<string, number | null>>;
  /** Whether identity and everything asked for is on target. */
  readonly accepted: boolean;
  /** Why it ended: "accepted", or what stood against it. */
  readonly reason: EndReason;
  /** Evaluations made. */
  readonly iterations: number;
  /** Whether the image is in the data set. */
  readonly written: boolean;
}

/** What a report says of an image: nothing, that it is in the data set, or that it was rejected and is not. */
export type ReportedState = "unknown" | "written" | "left out";

/** A report that is open for adding lines. */
export interface ImageReport extends Disposable {
  /**
   * What the report says of an image of the plan.
   *
   * @param address The image.
   * @returns What its line says.
   */
  state(address: ImageAddress): ReportedState;
  /**
   * Adds lines; images that have one already get no second.
   *
   * @param records The lines, in order.
   */
  add(records: readonly ImageRecord[]): Promise<void>;
}

const STATES: readonly ReportedState[] = ["unknown", "written", "left out"];

/**
 * Opens the report of a data set for adding lines; an existing one is continued. Several processes may add lines at once.
 *
 * Requires `--allow-read` and `--allow-write` permission.
 *
 * @param paths Where; the folder must exist.
 * @param plan The images whose lines matter; a byte of memory each.
 * @returns The report; close with `using`.
 * @throws {SyntaxError} When a line cannot be read.
 *
 * @example A line there and back
 * ```ts
 * import { datasetPaths, type GenerationPlan, openImageReport } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const directory = await Deno.makeTempDir(), paths = datasetPaths(directory, "faces", "folder");
 * const plan = { start: 0, end: 2, firstImage: 0, endImage: 5 } as GenerationPlan;
 * const told = { asked: { yaw: 30 }, achieved: { yaw: 12 }, missed: { yaw: 18 }, accepted: false, reason: "cap" } as const;
 * {
 *   using report = await openImageReport(paths, plan);
 *   await report.add([{ identity: 1, image: 4, ...told, iterations: 30, written: false }]);
 * }
 * using report = await openImageReport(paths, plan);
 * assert.equal(report.state({ identity: 1, image: 4 }), "left out");
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export async function openImageReport(
  paths: Pick<DatasetPaths, "imageReport">,
  plan: Pick<GenerationPlan, "start" | "end" | "firstImage" | "endImage">,
): Promise<ImageReport> {
  const { start, end, firstImage, endImage } = plan, images = endImage - firstImage;
  const states = new Uint8Array((end - start) * images);
  const placeOf = ({ identity, image }: ImageAddress): number | undefined =>
    identity >= start && identity < end && image >= firstImage && image < endImage
      ? (identity - start) * images + image - firstImage
      : undefined;
  const take = (record: ImageRecord): void => {
    const place = placeOf(record);
    if (place !== undefined) states[place] = STATES.indexOf(record.written ? "written" : "left out");
  };
  for await (const record of readImageReport(paths.imageReport)) take(record);
  const log = await JsonLog.open(paths.imageReport);
  const state = (address: ImageAddress) => STATES[states[placeOf(address) ?? 0] ?? 0]!;
  return {
    state,
    add: async (records) => {
      await log.add(records.filter((record) => state(record) === "unknown"));
      records.forEach(take);
    },
    [Symbol.dispose]: () => log[Symbol.dispose](),
  };
}

/**
 * Reads a report, line by line.
 *
 * Requires `--allow-read` permission.
 *
 * @param path The file; one that is not there has no lines.
 * @returns The lines.
 * @throws {SyntaxError} When a line cannot be read.
 *
 * @example No lines
 * ```ts
 * import { readImageReport } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(await Array.fromAsync(readImageReport("no such file.jsonl")), []);
 * ```
 */
export async function* readImageReport(path: string): AsyncGenerator<ImageRecord, void, void> {
  for await (const value of readJsonLog(path)) {
    const record = value as ImageRecord;
    const whole = [record?.identity, record?.image].every((number) => Number.isSafeInteger(number));
    if (!whole || typeof record.written !== "boolean") {
      throw new SyntaxError(
        `Cannot read ${path}: ${JSON.stringify(value)} is no line of it; remove that line, its image is made anew`,
      );
    }
    yield record;
  }
}
