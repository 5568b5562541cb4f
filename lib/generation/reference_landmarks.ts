/**
 * Files of face landmarks: for each image five points, by which it can be aligned.
 *
 * The order is that of face detectors (RetinaFace, MTCNN) and of CelebA's `list_landmarks_celeba.txt`: left and right
 * eye as seen in the image, tip of the nose, left and right corner of the mouth.
 *
 * | form | example |
 * |---|---|
 * | JSON | `{"ada/1.jpg": [[38.3, 51.7], [73.5, 51.5], [56.0, 71.7], [41.5, 92.4], [70.7, 92.2]]}`, or ten numbers |
 * | table | `ada/1.jpg,38.3,51.7,73.5,51.5,56.0,71.7,41.5,92.4,70.7,92.2`, also with spaces, tabs or semicolons |
 *
 * An image that comes twice is refused; only of two equal keys in JSON, the last counts without a word.
 *
 * Coordinates are pixels of the image as a viewer shows it (turned by its orientation tag), x to the right, y down.
 */
import { normalize } from "node:path";
import type { Point } from "@/images/mod.ts";

/** Five points. */
export type Landmarks = readonly [Point, Point, Point, Point, Point];

/** Landmarks by the normalised path of their image, see {@link findLandmarks}. */
export type LandmarkTable = ReadonlyMap<string, Landmarks>;

const VALUES = 10;

/**
 * Parses a file of landmarks.
 *
 * @param text The file.
 * @param source Its name, for messages.
 * @returns Landmarks by normalised path.
 * @throws {SyntaxError} When it is neither form, an image has not five points of finite numbers, or comes twice.
 *
 * @example A table with a header
 * ```ts
 * import { parseLandmarks } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const table = parseLandmarks("path,x1,y1,x2,y2,x3,y3,x4,y4,x5,y5\nmy face.jpg,1,2,3,4,5,6,7,8,9,10\n", "points.csv");
 * assert.deepEqual(table.get("my face.jpg"), [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]);
 * ```
 */
export function parseLandmarks(text: string, source: string): LandmarkTable {
  const table = new Map<string, Landmarks>();
  const entries = text.trimStart().startsWith("{") ? fromJson(text, source) : fromTable(text, source);
  for (const [where, path, values] of entries) {
    const key = normalize(path);
    if (table.has(key)) {
      throw new SyntaxError(`Cannot read landmarks ${source}: ${where} has "${path}" a second time`);
    }
    const points = [0, 2, 4, 6, 8].map((i): Point => [values[i]!, values[i + 1]!]);
    table.set(key, points as unknown as Landmarks);
  }
  if (table.size === 0) throw new SyntaxError(`Cannot read landmarks ${source}: there are none in it`);
  return table;
}

/**
 * Reads a file of landmarks, see {@link parseLandmarks}.
 *
 * Requires `--allow-read` permission.
 *
 * @param path The file.
 * @returns Landmarks by normalised path.
 * @throws {Deno.errors.NotFound} When there is no such file.
 * @throws {SyntaxError} When it cannot be parsed.
 *
 * @example JSON
 * ```ts
 * import { readLandmarks } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".json" });
 * await Deno.writeTextFile(path, '{"a.jpg": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}');
 * assert.deepEqual((await readLandmarks(path)).get("a.jpg")?.[4], [9, 10]);
 * await Deno.remove(path);
 * ```
 */
export async function readLandmarks(path: string): Promise<LandmarkTable> {
  try {
    return parseLandmarks(await Deno.readTextFile(path), path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Deno.errors.NotFound(`Cannot read landmarks ${path}: the file is not there; check the path`, { cause });
  }
}

/**
 * Finds the landmarks of an image by its name or path.
 *
 * @param table The landmarks.
 * @param file The image.
 * @returns Key and points, or undefined when the table has none.
 *
 * @example A path written another way
 * ```ts
 * import { findLandmarks, parseLandmarks } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const table = parseLandmarks("./a//1.jpg 1 2 3 4 5 6 7 8 9 10", "points.txt");
 * assert.equal(findLandmarks(table, { name: "a/1.jpg", path: "faces/a/1.jpg" })?.key, "a/1.jpg");
 * ```
 */
export function findLandmarks(
  table: LandmarkTable,
  file: { readonly name: string; readonly path: string },
): { key: string; points: Landmarks } | undefined {
  for (const key of [normalize(file.name), normalize(file.path)]) {
    const points = table.get(key);
    if (points !== undefined) return { key, points };
  }
  return undefined;
}

type Entry = [where: string, path: string, values: number[]];

function* fromJson(text: string, source: string): Generator<Entry> {
  let value: unknown;
  try {
    value = JSON.parse(text.trim()); // which takes a byte order mark away
  } catch (cause) {
    throw new SyntaxError(`Cannot read landmarks ${source}: it begins as JSON and is none`, { cause });
  }
  for (const [path, points] of Object.entries(value as Record<string, unknown>)) {
    const pairs = Array.isArray(points) && points.length === 5 &&
      points.every((point) => Array.isArray(point) && point.length === 2);
    const values: unknown[] = pairs ? (points as unknown[][]).flat() : Array.isArray(points) ? points : [];
    if (values.length !== VALUES || !values.every(Number.isFinite)) {
      throw new SyntaxError(
        `Cannot read landmarks ${source}: "${path}" has ${JSON.stringify(points)?.slice(0, 60)}, ` +
          "expected five points [x, y] or ten numbers",
      );
    }
    yield [`the entry "${path}"`, path, values as number[]];
  }
}

function* fromTable(text: string, source: string): Generator<Entry> {
  let begun = false;
  for (const [index, whole] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    const line = whole.replace(/[\s,;]+$/, "").trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const parts = line.split(/([\s,;]+)/); // words at even places, what separates them between
    const words = parts.filter((_, i) => i % 2 === 0).slice(-VALUES);
    const values = words.map((word) => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(word) ? Number(word) : NaN);
    const numbers = values.filter(Number.isFinite).length;
    if (!begun && numbers < 2) continue; // header lines
    const path = parts.slice(0, -2 * VALUES).join("");
    if (path === "" || numbers < VALUES) {
      throw new SyntaxError(
        `Cannot read landmarks ${source}: line ${index + 1} is ${JSON.stringify(line.slice(0, 80))}, ` +
          "expected a path and ten numbers x1,y1,...,x5,y5",
      );
    }
    begun = true;
    yield [`line ${index + 1}`, /^".*"$/.test(path) ? path.slice(1, -1).replaceAll('""', '"') : path, values];
  }
}
