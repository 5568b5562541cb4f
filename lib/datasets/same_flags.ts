/**
 * Which pairs of a verification set are of one person: issame.txt, or an array of NumPy.
 */

import { readNpy } from "@/weights/mod.ts";

/**
 * Reads the flags of pairs: text as numpy.savetxt writes it (0 and 1, integers or floats, or True and False), or a .npy array
 * of one dimension.
 *
 * Requires read permission.
 *
 * @param path The file; a name that ends in .npy is read as such.
 * @returns 1 where both images of a pair are of one person, else 0: [P].
 * @throws {SyntaxError} When an entry is neither, or the .npy file is damaged.
 * @throws {TypeError} When the array has another form.
 * @throws {Deno.errors.NotFound} When there is no such file.
 *
 * @example As savetxt writes them
 * ```ts
 * import { readSameFlags } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".txt" });
 * await Deno.writeTextFile(path, "1.000000000000000000e+00\n0.000000000000000000e+00\n");
 * assert.deepEqual([...readSameFlags(path)], [1, 0]);
 * await Deno.remove(path);
 * ```
 */
export function readSameFlags(path: string): Uint8Array {
  const words = /\.npy$/i.test(path)
    ? arrayOf(path)
    : Deno.readTextFileSync(path).split(/\s+/).filter((word) => word !== "");
  return Uint8Array.from(words, (word, i) => {
    const value = /^(true|false)$/i.test(word) ? Number(/^t/i.test(word)) : Number(word);
    if (value !== 0 && value !== 1) {
      throw new SyntaxError(
        `Cannot read "${path}": entry ${i} is ${JSON.stringify(word.slice(0, 40))}, expected 0 or 1`,
      );
    }
    return value;
  });
}

function arrayOf(path: string): string[] {
  const { shape, data } = readNpy(path);
  if (shape.length !== 1) {
    throw new TypeError(`Cannot read "${path}": it has shape [${shape.join(", ")}], expected one flag a pair`);
  }
  return Array.from(data as ArrayLike<number | bigint | boolean>, String);
}
