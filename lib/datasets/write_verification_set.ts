/**
 * Writing verification sets: insightface's .bin and the unpacked form of SOTA-Face-Recognition.
 *
 * The .bin is a pickle of protocol 3, which Python 3 of any version opens without `encoding`; the images go into it one
 * by one and as they are, so that memory stays flat.
 */

import { basename, join, resolve } from "node:path";
import { encodePng, type Pixels, resize } from "@/images/mod.ts";
import { NpyWriter } from "@/weights/mod.ts";
import { assertIndex } from "./_assert.ts";
import type { DatasetReader } from "./dataset.ts";
import { viaDraft } from "./_draft.ts";
import { inOrder } from "./_in_order.ts";
import { FLAGS } from "./_pixel_pairs.ts";
import { readPixels } from "./read_pixels.ts";
import type { VerificationSet } from "./verification_set.ts";

/** Images of pairs, to be written or embedded; every `VerificationSet` is one. */
export interface PairSource extends Pick<VerificationSet, "length" | "same" | "bytes" | "image"> {
  /**
   * Which picture an image shows, where pairs share pictures; without it every image counts as one of its own.
   *
   * @param index Image, 0..2P-1.
   * @returns A number that is the same for images of the same picture.
   */
  item?(index: number): number;
}

/** Pairs of items of a data set. */
export interface ItemPairs {
  /** First item of each of P pairs. */
  readonly first: ArrayLike<number>;
  /** Second item. */
  readonly second: ArrayLike<number>;
  /** 1 where both are of one person, else 0. */
  readonly same: ArrayLike<number>;
}

/** Options of writing a verification set. */
export interface WriteSetOptions {
  /** Called with the number of images written. */
  onProgress?: (done: number) => void;
  /** Stops the work between two images. */
  signal?: AbortSignal;
}

/** Items of one APPENDS; Python writes as many. */
const BATCH = 1000;

/**
 * Gives pairs of items of a data set as a source to write.
 *
 * @param dataset The images; must stay open.
 * @param pairs Which items; drawn by `samplePairs`, or chosen by `hardestPairs`.
 * @returns The source.
 * @throws {RangeError} When a pair names an item that is not there, or the lists differ in length.
 *
 * @example One pair
 * ```ts
 * import { arrayDataset, pairedImages } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const faces = arrayDataset([4, 5].map((byte) => ({ label: 0, bytes: Uint8Array.of(byte) })));
 * const pairs = pairedImages(faces, { first: [1], second: [0], same: [1] });
 * assert.deepEqual(await pairs.bytes(0), Uint8Array.of(5));
 * ```
 */
export function pairedImages(dataset: DatasetReader, pairs: ItemPairs): PairSource {
  const { first, second, same } = pairs;
  if (first.length !== second.length || first.length !== same.length) {
    throw new RangeError(
      `Cannot pair images: ${first.length} first, ${second.length} second items and ${same.length} flags`,
    );
  }
  for (let p = 0; p < first.length; p++) {
    assertIndex(first[p]!, dataset.length, "the data set of pairs");
    assertIndex(second[p]!, dataset.length, "the data set of pairs");
  }
  const item = (index: number) => (index % 2 === 0 ? first : second)[index >> 1]!;
  return {
    length: first.length,
    same: Uint8Array.from(same),
    bytes: async (index) => (await dataset.get(item(index))).bytes,
    image: (index) => readPixels(dataset, item(index)),
    item,
  };
}

/**
 * Writes insightface's .bin: the pickle of (list of 2P image files, list of P bools).
 *
 * @param path The file; takes its name when it is whole. Its folder must exist.
 * @param source The pairs; images of which only pixels are stored are encoded as PNG, without loss.
 * @param options Progress and stopping.
 * @throws {RangeError} When there is no pair.
 * @throws {SyntaxError} When an image cannot be read.
 *
 * @example The end of the file is that of a pickle
 * ```ts
 * import { arrayDataset, pairedImages, writeVerificationBin } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".bin" });
 * const faces = arrayDataset([4, 5].map((byte) => ({ label: 0, bytes: Uint8Array.of(byte) })));
 * await writeVerificationBin(path, pairedImages(faces, { first: [1], second: [0], same: [1] }));
 * assert.equal((await Deno.readFile(path)).at(-1), ".".charCodeAt(0));
 * await Deno.remove(path);
 * ```
 */
export async function writeVerificationBin(
  path: string,
  source: PairSource,
  options: WriteSetOptions = {},
): Promise<void> {
  assertPairs(path, source);
  await viaDraft(path, async (draft) => {
    using file = await Deno.open(draft, { write: true, createNew: true });
    const write = async (...bytes: number[]) => await writeAll(file, Uint8Array.from(bytes));
    await write(0x80, 3, 0x5d); // PROTO 3, EMPTY_LIST
    let done = 0;
    for await (
      const bytes of images(source, async (i) => await source.bytes(i) ?? await encodePng(await source.image(i)))
    ) {
      options.signal?.throwIfAborted();
      if (done % BATCH === 0) await write(...(done > 0 ? [0x65] : []), 0x28); // APPENDS, MARK
      const head = new Uint8Array(5);
      head[0] = 0x42; // BINBYTES
      new DataView(head.buffer).setUint32(1, bytes.length, true);
      await writeAll(file, head);
      await writeAll(file, bytes);
      done++;
      options.onProgress?.(done);
    }
    await write(0x65, 0x5d); // APPENDS, EMPTY_LIST
    for (let p = 0; p < source.length; p += BATCH) {
      const flags = source.same.subarray(p, p + BATCH);
      await write(0x28, ...Array.from(flags, (flag) => flag ? 0x88 : 0x89), 0x65); // NEWTRUE or NEWFALSE
    }
    await write(0x86, 0x2e); // TUPLE2, STOP
  });
}

/**
 * Writes the unpacked form: <set>/<set>.npy uint8 [2P, 3, size, size] RGB, and issame.txt.
 *
 * @param folder The folder <set>; made when it is missing.
 * @param source The pairs; images of another size are resized.
 * @param options Size in pixels (default 112), progress and stopping.
 * @throws {RangeError} When there is no pair.
 * @throws {SyntaxError} When an image cannot be read.
 *
 * @example Read again
 * ```ts
 * import { arrayDataset, openVerificationSet, pairedImages, writeVerificationPixels } from "@/datasets/mod.ts";
 * import { encodePng, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const dir = await Deno.makeTempDir(), bytes = await encodePng(filled(4, 4, [7, 8, 9]));
 * const faces = arrayDataset([0, 0].map((label) => ({ label, bytes })));
 * const pairs = pairedImages(faces, { first: [0], second: [1], same: [1] });
 * await writeVerificationPixels(`${dir}/tiny`, pairs, { size: 2 });
 * await using set = await openVerificationSet(`${dir}/tiny`);
 * assert.deepEqual((await set.image(1)).data.subarray(0, 3), Uint8Array.of(7, 8, 9));
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function writeVerificationPixels(
  folder: string,
  source: PairSource,
  options: WriteSetOptions & { size?: number } = {},
): Promise<void> {
  const { size = 112, onProgress, signal } = options;
  assertPairs(folder, source);
  await Deno.mkdir(folder, { recursive: true });
  using writer = new NpyWriter(join(folder, `${basename(resolve(folder))}.npy`), {
    dtype: "uint8",
    rowShape: [3, size, size],
  });
  let done = 0;
  for await (const image of images(source, (index) => source.image(index))) {
    signal?.throwIfAborted();
    writer.write(planes(image.width === size && image.height === size ? image : resize(image, size, size)));
    done++;
    onProgress?.(done);
  }
  writer.close();
  await viaDraft(join(folder, FLAGS), (draft) => Deno.writeTextFile(draft, `${source.same.join("\n")}\n`));
}

function images<T>(source: PairSource, read: (index: number) => Promise<T>): AsyncGenerator<T> {
  return inOrder(Array.from({ length: 2 * source.length }, (_, i) => i), 16, read);
}

/** RGB, RGB, ... to all R, all G, all B. */
function planes({ width, height, data }: Pixels): Uint8Array {
  const area = width * height;
  return Uint8Array.from({ length: 3 * area }, (_, i) => data[3 * (i % area) + Math.floor(i / area)]!);
}

function assertPairs(path: string, source: PairSource): void {
  if (source.length < 1 || source.same.length !== source.length) {
    throw new RangeError(
      `Cannot write verification set "${path}": ${source.length} pairs with ${source.same.length} flags, ` +
        "expected one pair or more",
    );
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
