/** Renders many identities in order, on several cores, in constant memory. */

import type { Pixels } from "@/images/mod.ts";
import { type Batch, BatchRenderer, type BatchResult } from "./_batch.ts";
import type { HeadModel } from "./head_model.ts";
import type { Truth } from "./render_head.ts";
import { RenderWorker } from "./_worker_client.ts";
import type { Scene } from "./scene.ts";
import { SIZE } from "./_workspace.ts";

/** What {@linkcode renderMany} renders. */
export interface RenderManyOptions {
  /** First identity and the one after the last. */
  readonly identities: readonly [from: number, to: number];
  /** Images of each identity. */
  readonly images: number;
  /** Number of the first image. @default {0} */
  readonly firstImage?: number;
  /** Seed of the data set. @default {0} */
  readonly seed?: number | bigint;
  /** Worker threads; 0 renders in this thread. @default {0} */
  readonly workers?: number;
  /** Scene fields that replace the drawn ones in every image. */
  readonly scene?: Partial<Scene>;
  /** Stops the work when it fires. */
  readonly signal?: AbortSignal;
}

/** One image of {@linkcode renderMany}. */
export interface RenderedImage {
  /** Number of the identity. */
  readonly identity: number;
  /** Number of the image within the identity. */
  readonly image: number;
  /** 112x112 RGB. */
  readonly pixels: Pixels;
  /** [112,112]: 255 on the head, 0 elsewhere. */
  readonly mask: Uint8Array;
  /** Pose and landmarks. */
  readonly truth: Truth;
  /** The circumstances that were rendered. */
  readonly scene: Scene;
}

/** Images a worker renders before it hands them over. */
const BATCH = 32;

/**
 * Renders images identity by identity.
 *
 * At most two batches of 32 images wait for each worker, so memory stays flat however many images are asked for and
 * however slowly they are taken.
 *
 * @param model The head model.
 * @param options What to render.
 * @returns The images in order of identity, then image; the same for any number of workers.
 * @throws {RangeError} When a count or bound is not a whole number in its range.
 * @throws {DOMException} When the signal fires, its reason.
 *
 * @example Two images of each of two dolls
 * ```ts
 * import assert from "node:assert/strict";
 * import { renderMany, toyHead } from "@/heads/mod.ts";
 * const seen: string[] = [];
 * for await (const { identity, image } of renderMany(toyHead(), { identities: [3, 5], images: 2 })) {
 *   seen.push(`${identity}/${image}`);
 * }
 * assert.deepEqual(seen, ["3/0", "3/1", "4/0", "4/1"]);
 * ```
 */
export async function* renderMany(
  model: HeadModel,
  options: RenderManyOptions,
): AsyncGenerator<RenderedImage> {
  const {
    identities: [from, to],
    images,
    firstImage = 0,
    seed = 0,
    workers = 0,
    scene: change = {},
    signal,
  } = options;
  for (
    const [name, value] of Object.entries({
      from,
      to,
      images,
      firstImage,
      workers,
    })
  ) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(
        `Cannot render: ${name} is ${value}, expected a whole number of at least 0`,
      );
    }
  }
  function* batches(): Generator<Batch> {
    for (let identity = from; identity < to; identity++) {
      for (let first = 0; first < images; first += BATCH) {
        yield {
          seed,
          identity,
          first: firstImage + first,
          count: Math.min(BATCH, images - first),
          change,
        };
      }
    }
  }
  const results = workers === 0 ? inThread(model, batches()) : inWorkers(model, batches(), workers);
  try {
    for await (const { batch, result } of results) {
      signal?.throwIfAborted();
      yield* unpack(batch, result);
    }
  } finally {
    await results.return(undefined);
  }
}

interface Done {
  readonly batch: Batch;
  readonly result: BatchResult;
}

function* unpack(batch: Batch, result: BatchResult): Generator<RenderedImage> {
  const area = SIZE * SIZE;
  for (let i = 0; i < batch.count; i++) {
    yield {
      identity: batch.identity,
      image: batch.first + i,
      pixels: {
        width: SIZE,
        height: SIZE,
        data: result.pixels.subarray(i * area * 3, (i + 1) * area * 3),
      },
      mask: result.masks.subarray(i * area, (i + 1) * area),
      truth: result.truths[i]!,
      scene: result.scenes[i]!,
    };
  }
}

async function* inThread(
  model: HeadModel,
  batches: Iterable<Batch>,
): AsyncGenerator<Done, void, undefined> {
  const renderer = new BatchRenderer(model);
  for (const batch of batches) {
    yield { batch, result: renderer.render(batch) };
    await Promise.resolve();
  }
}

async function* inWorkers(
  model: HeadModel,
  batches: Iterator<Batch>,
  count: number,
): AsyncGenerator<Done, void, undefined> {
  const pool = Array.from({ length: count }, () => new RenderWorker(model));
  const waiting: { batch: Batch; result: Promise<BatchResult> }[] = [];
  try {
    let next = 0;
    for (;;) {
      while (waiting.length < 2 * count) {
        const { value: batch, done } = batches.next();
        if (done === true) break;
        const result = pool[next++ % count]!.render(batch as Batch);
        result.catch(() => {}); // reported when its turn comes
        waiting.push({ batch: batch as Batch, result });
      }
      const head = waiting.shift();
      if (head === undefined) return;
      yield { batch: head.batch, result: await head.result };
    }
  } finally {
    for (const worker of pool) worker.stop();
  }
}
