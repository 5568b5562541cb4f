/** One batch of images of one identity, rendered in a worker or in this thread. */

import { type HeadIdentity, sampleIdentity } from "./head_identity.ts";
import type { HeadModel } from "./head_model.ts";
import { HeadRenderer, type Truth } from "./render_head.ts";
import { sampleScene, type Scene } from "./scene.ts";
import { SIZE } from "./_workspace.ts";

/** What to render. */
export interface Batch {
  readonly seed: number | bigint;
  readonly identity: number;
  readonly first: number;
  readonly count: number;
  readonly change: Partial<Scene>;
}

/** Finished images of one batch, packed. */
export interface BatchResult {
  /** [count,112,112,3] */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** [count,112,112] */
  readonly masks: Uint8Array<ArrayBuffer>;
  readonly truths: readonly Truth[];
  readonly scenes: readonly Scene[];
}

/** Renders batches; keeps the identity of the last one. */
export class BatchRenderer {
  readonly #model: HeadModel;
  readonly #renderer = new HeadRenderer();
  #last:
    | { seed: number | bigint; identity: number; made: HeadIdentity }
    | undefined;

  constructor(model: HeadModel) {
    this.#model = model;
  }

  render(batch: Batch): BatchResult {
    const { seed, identity, first, count, change } = batch;
    if (this.#last?.identity !== identity || this.#last.seed !== seed) {
      this.#last = {
        seed,
        identity,
        made: sampleIdentity(this.#model, seed, identity),
      };
    }
    const made = this.#last.made;
    const area = SIZE * SIZE;
    const pixels = new Uint8Array(count * area * 3),
      masks = new Uint8Array(count * area);
    const truths: Truth[] = [], scenes: Scene[] = [];
    for (let i = 0; i < count; i++) {
      const scene = {
        ...sampleScene(seed, identity, first + i, made.traits),
        ...change,
      };
      const image = this.#renderer.render(made, scene);
      pixels.set(image.pixels.data, i * area * 3);
      masks.set(image.mask, i * area);
      truths.push(image.truth);
      scenes.push(scene);
    }
    return { pixels, masks, truths, scenes };
  }
}
