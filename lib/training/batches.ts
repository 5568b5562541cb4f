/**
 * Batches of training images, read by a thread of their own while the step before is computed.
 *
 * @module
 */
import { type Batch, type BatchOptions, readBatch } from "./_batch.ts";
import type { PackedImages } from "./packed_images.ts";

export type { Batch, BatchOptions } from "./_batch.ts";

type Answer = { readonly batch: Batch } | { readonly error: string };

/**
 * Reads the batches of a run, one ahead.
 *
 * Images that lie in a folder are read by a worker, those of a made-up {@linkcode PackedImages} without a folder by the
 * caller's thread; the batches are the same.
 *
 * @example The first batch of two black images
 * ```ts
 * import assert from "node:assert/strict";
 * import { BatchReader, type PackedImages } from "@/training/mod.ts";
 *
 * const data = { length: 2, image: (_: number, out: Uint8Array) => void out.fill(0) } as unknown as PackedImages;
 * using batches = new BatchReader(data, { size: 2, seed: 1 });
 * const { indices, images } = await batches.take(0);
 * assert.deepEqual([indices.length, images.length], [2, 2 * 112 * 112 * 3]);
 * ```
 */
export class BatchReader implements Disposable {
  readonly #data: PackedImages;
  readonly #options: BatchOptions;
  #worker: Worker | undefined;
  #ahead: { readonly step: number; readonly batch: Promise<Batch> } | undefined;
  #open: PromiseWithResolvers<Batch> | undefined;

  /**
   * Starts no thread yet.
   *
   * @param data The images.
   * @param options Batch size N, seed of the order, head masks or none.
   */
  constructor(data: PackedImages, options: BatchOptions) {
    this.#data = data;
    this.#options = options;
  }

  /**
   * Gives the batch of a step, and has the next one read.
   *
   * @param step Step, counted from 0.
   * @returns The batch; its arrays are the caller's.
   * @throws {RangeError} If there are fewer images than a batch takes.
   * @throws {Error} If the reading thread fails.
   */
  async take(step: number): Promise<Batch> {
    if (this.#data.folder === undefined) return readBatch(this.#data, step, this.#options);
    const batch = this.#ahead?.step === step ? this.#ahead.batch : this.#ask(step);
    const taken = await batch;
    const next = this.#ask(step + 1);
    next.catch(() => {}); // reported by the take() that wants it
    this.#ahead = { step: step + 1, batch: next };
    return taken;
  }

  async #ask(step: number): Promise<Batch> {
    await this.#open?.promise.catch(() => {}); // one question at a time
    const open = this.#open = Promise.withResolvers<Batch>();
    this.#start().postMessage({ step });
    return await open.promise;
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = this.#worker = new Worker(new URL("./_batch_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ("batch" in data) this.#open?.resolve(data.batch);
      else this.#open?.reject(new Error(`Cannot read a batch from "${this.#data.folder}": ${data.error}`));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#open?.reject(new Error(`Cannot read a batch from "${this.#data.folder}": ${event.message}`));
    };
    worker.postMessage({ folder: this.#data.folder, options: this.#options });
    return worker;
  }

  /** Stops the thread. */
  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#open?.resolve({ indices: new Int32Array(), flips: [], images: new Uint8Array(), heads: new Uint8Array() });
  }
}
