/**
 * Opens a verification set whatever its form is.
 */

import { basename, join, resolve } from "node:path";
import { MAX_SET_BYTES, readPairs } from "./_pickled_pairs.ts";
import { FLAGS, openPixelPairs } from "./_pixel_pairs.ts";
import { readXz } from "./_xz.ts";
import type { VerificationSet } from "./verification_set.ts";

/**
 * Tells whether a path is a verification set by what is there.
 *
 * @param path A file or folder; need not exist.
 * @returns True for .bin and .xz files, and for a folder with issame.txt in it.
 *
 * @example By name
 * ```ts
 * import { isVerificationSet } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(isVerificationSet("lfw.bin"), true);
 * assert.equal(isVerificationSet("faces.lmdb"), false);
 * ```
 */
export function isVerificationSet(path: string): boolean {
  if (/\.(bin|xz)$/i.test(path)) return true;
  try {
    return Deno.statSync(join(path, FLAGS)).isFile;
  } catch {
    return false;
  }
}

/**
 * Opens a verification set: insightface's .bin, the .xz of SOTA-Face-Recognition, or its <set>/<set>.npy with issame.txt.
 *
 * Pickles are read as data and never run. A .bin or .xz is in memory as a whole. Images are looked at when they are asked for: an
 * empty or damaged one keeps no other from being read.
 *
 * @param path The .bin, .xz or .npy file, or the folder that holds <set>.npy and issame.txt.
 * @returns The set.
 * @throws {SyntaxError} When the file is damaged or holds something else than images and bools.
 * @throws {RangeError} When it is too large, or images and bools do not match in number.
 * @throws {TypeError} When the path is none of these forms.
 * @throws {Deno.errors.NotFound} When there is no such file.
 *
 * @example Written here
 * ```ts
 * import { arrayDataset, openVerificationSet, pairedImages, writeVerificationBin } from "@/datasets/mod.ts";
 * import { encodePng, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".bin" }), bytes = await encodePng(filled(2, 2, [7, 8, 9]));
 * const faces = arrayDataset([0, 0, 1].map((label) => ({ label, bytes })));
 * await writeVerificationBin(path, pairedImages(faces, { first: [0, 1], second: [1, 2], same: [1, 0] }));
 * await using set = await openVerificationSet(path);
 * assert.deepEqual([set.length, [...set.same]], [2, [1, 0]]);
 * assert.deepEqual((await set.image(3)).data.subarray(0, 3), Uint8Array.of(7, 8, 9));
 * await Deno.remove(path);
 * ```
 */
export async function openVerificationSet(path: string): Promise<VerificationSet> {
  if ((await Deno.stat(path)).isDirectory) {
    const name = basename(resolve(path));
    return openPixelPairs(join(path, `${name}.npy`), name);
  }
  const [, name, ending] = /^(.*)\.(bin|xz|npy)$/i.exec(basename(path)) ?? [];
  switch (ending?.toLowerCase()) {
    case "bin":
      return readPairs(path, name!);
    case "xz":
      return readPairs(path, name!, await readXz(path, MAX_SET_BYTES));
    case "npy":
      return openPixelPairs(path, name!);
  }
  throw new TypeError(
    `Cannot open verification set "${path}": expected a .bin, .xz or .npy file, or a folder with ${FLAGS}`,
  );
}
