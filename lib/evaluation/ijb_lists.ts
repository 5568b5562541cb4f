/**
 * The lists that come with IJB-B and IJB-C: which template and medium a face belongs to, which templates are compared, and
 * where the landmarks are.
 *
 * Formats as read by eval_ijb.py of https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test and eval_ijbc.py of
 * https://github.com/deepinsight/insightface (recognition/arcface_torch): plain text, one entry a line, columns parted by blanks. IJB-C
 * has 15.7 million pairs in 250 MB, so files are read in pieces.
 */

/** Faces of a set, in the order of its images. */
export interface IjbFaces {
  /** File name of each of N images. */
  readonly names: readonly string[];
  /** Template of each image [N]. */
  readonly templates: Int32Array;
  /** Medium, such as a video, of each image [N]. */
  readonly medias: Int32Array;
}

/** Comparisons of a set. */
export interface IjbPairs {
  /** First template of each of P pairs. */
  readonly first: Int32Array;
  /** Second template. */
  readonly second: Int32Array;
  /** 1 where both are of one person, else 0. */
  readonly same: Uint8Array;
}

/** Landmarks of a set, in the order of its images. */
export interface IjbLandmarks {
  /** File name of each of N images. */
  readonly names: readonly string[];
  /** Five points [N, 5, 2], x and y in pixels of the cropped image. */
  readonly points: Float32Array;
  /** The detector's confidence [N]. */
  readonly scores: Float32Array;
}

const MAX_INT32 = 2 ** 31 - 1;

/**
 * Reads `<set>_face_tid_mid.txt`: name, template, medium.
 *
 * Requires read permission.
 *
 * @param path The file.
 * @returns The faces.
 * @throws {SyntaxError} When a line has other columns; the message names it.
 * @throws {Deno.errors.NotFound} When there is no such file.
 *
 * @example Two images of one template
 * ```ts
 * import { readIjbFaces } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "1.jpg 7 100\n2.jpg 7 101\n");
 * const { names, templates, medias } = await readIjbFaces(path);
 * assert.deepEqual([names, [...templates], [...medias]], [["1.jpg", "2.jpg"], [7, 7], [100, 101]]);
 * await Deno.remove(path);
 * ```
 */
export async function readIjbFaces(path: string): Promise<IjbFaces> {
  const names: string[] = [], templates = new IntList(), medias = new IntList();
  for await (const { words, fail } of columns(path, 3, "name, template and medium")) {
    names.push(words[0]!);
    templates.push(whole(words[1]!, MAX_INT32, fail));
    medias.push(whole(words[2]!, MAX_INT32, fail));
  }
  return { names, templates: templates.done(), medias: medias.done() };
}

/**
 * Reads `<set>_template_pair_label.txt`: two templates, and 1 or 0.
 *
 * Requires read permission.
 *
 * @param path The file.
 * @returns The pairs.
 * @throws {SyntaxError} When a line has other columns; the message names it.
 * @throws {Deno.errors.NotFound} When there is no such file.
 *
 * @example One genuine pair
 * ```ts
 * import { readIjbPairs } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "7 9 1\n");
 * const { first, second, same } = await readIjbPairs(path);
 * assert.deepEqual([...first, ...second, ...same], [7, 9, 1]);
 * await Deno.remove(path);
 * ```
 */
export async function readIjbPairs(path: string): Promise<IjbPairs> {
  const first = new IntList(), second = new IntList(), same = new IntList();
  for await (const { words, fail } of columns(path, 3, "two templates and a label")) {
    first.push(whole(words[0]!, MAX_INT32, fail));
    second.push(whole(words[1]!, MAX_INT32, fail));
    same.push(whole(words[2]!, 1, fail));
  }
  return { first: first.done(), second: second.done(), same: Uint8Array.from(same.done()) };
}

/**
 * Reads `<set>_name_5pts_score.txt`: name, five points, detector score.
 *
 * Requires read permission.
 *
 * @param path The file.
 * @returns The landmarks; eyes, nose, corners of the mouth.
 * @throws {SyntaxError} When a line has other columns; the message names it.
 * @throws {Deno.errors.NotFound} When there is no such file.
 *
 * @example One face
 * ```ts
 * import { readIjbLandmarks } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "1.jpg 46 62 88 60 69 78 52 100 86 99 0.5\n");
 * const { points, scores } = await readIjbLandmarks(path);
 * assert.deepEqual([points[0], points[9], scores[0]], [46, 99, 0.5]);
 * await Deno.remove(path);
 * ```
 */
export async function readIjbLandmarks(path: string): Promise<IjbLandmarks> {
  const names: string[] = [], points: number[] = [], scores: number[] = [];
  for await (const { words, fail } of columns(path, 12, "name, five points and a score")) {
    names.push(words[0]!);
    for (const [k, word] of words.slice(1).entries()) {
      const value = Number(word);
      if (!Number.isFinite(value)) throw fail(`"${word}" is no finite number`);
      (k < 10 ? points : scores).push(value);
    }
  }
  return { names, points: Float32Array.from(points), scores: Float32Array.from(scores) };
}

interface Line {
  readonly words: readonly string[];
  readonly fail: (reason: string) => SyntaxError;
}

/** The lines of a file that are not empty, cut into words of a fixed number. */
async function* columns(path: string, count: number, expected: string): AsyncGenerator<Line> {
  using file = await Deno.open(path);
  const decoder = new TextDecoder(), buffer = new Uint8Array(2 ** 20);
  let rest = "", number = 0, found = false;
  const fail = (reason: string) => new SyntaxError(`Cannot read "${path}": line ${number}: ${reason}`);
  for (let size = await file.read(buffer);; size = await file.read(buffer)) {
    const lines = (rest + decoder.decode(buffer.subarray(0, size ?? 0), { stream: size !== null })).split("\n");
    rest = size === null ? "" : lines.pop()!;
    for (const line of lines) {
      number++;
      const words = line.trim().split(/[ \t]+/);
      if (words.length === 1 && words[0] === "") continue;
      if (words.length !== count) throw fail(`it has ${words.length} columns, expected ${count}: ${expected}`);
      found = true;
      yield { words, fail };
    }
    if (size === null) break;
  }
  if (!found) throw new SyntaxError(`Cannot read "${path}": it has no line, expected ${expected} in each`);
}

/** A whole number 0..most; numpy may have written it as 1.0. */
function whole(word: string, most: number, fail: Line["fail"]): number {
  const value = /^\d+(\.0*)?$/.test(word) ? Number(word) : NaN;
  if (!(value <= most)) throw fail(`"${word}" is no whole number from 0 to ${most}`);
  return value;
}

/** Whole numbers that come one by one, packed. */
class IntList {
  #values = new Int32Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const longer = new Int32Array(2 * this.#length);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#length++] = value;
  }

  done(): Int32Array {
    return this.#values.slice(0, this.#length);
  }
}
