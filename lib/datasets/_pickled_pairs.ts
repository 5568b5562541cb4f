/**
 * The pickle inside .bin and .xz verification sets: (list of 2P image files, list of P bools).
 *
 * Read by eval/verification.py of https://github.com/deepinsight/insightface (recognition/arcface_torch) and
 * utils/prepare_test_images.py of https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test.
 */

import { decodeImage } from "@/images/mod.ts";
import { type PickleData, readPickle } from "@/weights/mod.ts";
import { assertIndex } from "./_assert.ts";
import type { VerificationSet } from "./verification_set.ts";

/** Most bytes of a set: lfw.bin has 60 million, the largest known set (IJB is no .bin) 250 million. */
export const MAX_SET_BYTES = 2 ** 31;

/** Reads the pickle of a file, or of bytes that were unpacked from it. */
export function readPairs(path: string, name: string, unpacked?: Uint8Array): VerificationSet {
  const data = readPickle(unpacked ?? path, { strings: "bytes", maxBytes: MAX_SET_BYTES, name: path });
  const fail = (reason: string) =>
    new SyntaxError(
      `Cannot read verification set "${path}": ${reason}; expected (list of 2P images, list of P bools)`,
    );
  if (!Array.isArray(data) || data.length !== 2) throw fail("it is no pair of lists");
  const [files, flags] = data;
  if (!Array.isArray(files)) throw fail("its first part is no list");
  const same = flagsOf(flags!);
  if (same === undefined) throw fail("its second part is no list of bools");
  if (same.length === 0 || files.length !== 2 * same.length) {
    throw fail(`it has ${files.length} images and ${same.length} bools`);
  }
  const wrong = files.findIndex((file) => !(file instanceof Uint8Array));
  if (wrong !== -1) throw fail(`image ${wrong} is no bytes`);
  return new PickledPairs(path, name, files as Uint8Array[], same);
}

/** Bools, numbers 0 and 1, or NumPy's array of bools. */
function flagsOf(data: PickleData): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data.every((flag) => flag <= 1) ? data : undefined;
  if (!Array.isArray(data)) return undefined;
  return data.every((flag) => flag === true || flag === false || flag === 0 || flag === 1)
    ? Uint8Array.from(data, Number)
    : undefined;
}

class PickledPairs implements VerificationSet {
  readonly name: string;
  readonly length: number;
  readonly same: Uint8Array;
  readonly #path: string;
  readonly #files: readonly Uint8Array[];

  constructor(path: string, name: string, files: readonly Uint8Array[], same: Uint8Array) {
    this.#path = path;
    this.#files = files;
    this.name = name;
    this.same = same;
    this.length = same.length;
  }

  bytes(index: number): Promise<Uint8Array> {
    return Promise.try(() => {
      assertIndex(index, this.#files.length, `"${this.#path}"`);
      return this.#files[index]!;
    });
  }

  async image(index: number) {
    const bytes = await this.bytes(index), name = `image ${index} of "${this.#path}"`;
    if (bytes.length === 0) throw new SyntaxError(`Cannot decode ${name}: it has no bytes`);
    return await decodeImage(bytes, { name });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
