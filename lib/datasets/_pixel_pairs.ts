/**
 * The unpacked form of verification sets: <set>/<set>.npy uint8 [2P, 3, H, W] RGB, and issame.txt beside it.
 *
 * Written by utils/prepare_test_images.py of https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test, read by
 * its data/load_test_sets_recognition.py.
 */

import { dirname, join } from "node:path";
import type { Pixels } from "@/images/mod.ts";
import { type NpyFile, openNpy } from "@/weights/mod.ts";
import { assertIndex } from "./_assert.ts";
import { readSameFlags } from "./same_flags.ts";
import type { VerificationSet } from "./verification_set.ts";

/** File of the flags. */
export const FLAGS = "issame.txt";

/** Opens the .npy file; the flags lie beside it. */
export function openPixelPairs(path: string, name: string): VerificationSet {
  const file = openNpy(path);
  try {
    const { dtype, shape } = file;
    if (dtype !== "uint8" || shape.length !== 4 || shape[1] !== 3 || file.rowLength === 0) {
      throw new TypeError(
        `Cannot open verification set "${path}": it holds ${dtype} of shape [${shape.join(", ")}], ` +
          "expected uint8 [2P, 3, H, W]",
      );
    }
    const flags = join(dirname(path), FLAGS);
    const same = readSameFlags(flags);
    if (same.length === 0 || shape[0] !== 2 * same.length) {
      throw new RangeError(
        `Cannot open verification set "${path}": it has ${shape[0]} images, "${flags}" has ${same.length} lines, ` +
          "expected two images a line",
      );
    }
    return new PixelPairs(file, name, same);
  } catch (error) {
    file.close();
    throw error;
  }
}

class PixelPairs implements VerificationSet {
  readonly name: string;
  readonly length: number;
  readonly same: Uint8Array;
  readonly #file: NpyFile;
  #closed = false;

  constructor(file: NpyFile, name: string, same: Uint8Array) {
    this.#file = file;
    this.name = name;
    this.same = same;
    this.length = same.length;
  }

  bytes(index: number): Promise<undefined> {
    return Promise.try(() => {
      assertIndex(index, this.#file.length, `"${this.#file.path}"`);
      return undefined;
    });
  }

  image(index: number): Promise<Pixels> {
    return Promise.try(() => {
      assertIndex(index, this.#file.length, `"${this.#file.path}"`);
      const [, , height, width] = this.#file.shape as [number, number, number, number];
      const planes = this.#file.rows(index, index + 1) as Uint8Array; // [3, H, W]
      const area = width * height;
      const data = Uint8Array.from({ length: 3 * area }, (_, i) => planes[(i % 3) * area + Math.floor(i / 3)]!);
      return { width, height, data };
    });
  }

  close(): Promise<void> {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
