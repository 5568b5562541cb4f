/** Those who compare stripes: this thread, or workers. */
import { WorkerPool } from "@/similarity/mod.ts";
import type { RowBlock, Stripe, StripeRequest, StripeResult, StripeSettings } from "./_stripe.ts";
import { StripeEngine } from "./_stripe_engine.ts";

/** Compares stripes, several at once. */
export interface Crew extends AsyncDisposable {
  /** Stripes to have on the way at once. */
  readonly lanes: number;
  /** See StripeEngine.load. */
  load(block: RowBlock): Promise<void>;
  /** See StripeEngine.settle. */
  settle(kept: Uint8Array): Promise<void>;
  /** See StripeEngine.compare; `lane` is 0..lanes-1, one stripe at a time each. */
  compare(lane: number, stripe: Stripe): Promise<StripeResult>;
}

/** Starts as many workers as asked for; none computes in this thread. */
export async function startCrew(settings: StripeSettings, workers: number): Promise<Crew> {
  return workers === 0 ? new Alone(await StripeEngine.create(settings)) : await Workers.start(settings, workers);
}

class Alone implements Crew {
  readonly lanes = 1;
  readonly #engine: StripeEngine;

  constructor(engine: StripeEngine) {
    this.#engine = engine;
  }

  load(block: RowBlock): Promise<void> {
    return Promise.resolve(this.#engine.load(block));
  }

  settle(kept: Uint8Array): Promise<void> {
    return Promise.resolve(this.#engine.settle(kept));
  }

  compare(_lane: number, stripe: Stripe): Promise<StripeResult> {
    return this.#engine.compare(stripe);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
  }
}

/** Two stripes on the way for each worker, so that none waits for this thread. */
const AHEAD = 2;

class Workers implements Crew {
  readonly lanes: number;
  readonly #pool: WorkerPool;

  private constructor(pool: WorkerPool) {
    this.#pool = pool;
    this.lanes = AHEAD * pool.size;
  }

  static async start(settings: StripeSettings, count: number): Promise<Workers> {
    const crew = new Workers(new WorkerPool(new URL("./_worker.ts", import.meta.url), count));
    await crew.#all({ settings });
    return crew;
  }

  async #all(request: StripeRequest): Promise<void> {
    await Promise.all(Array.from({ length: this.#pool.size }, (_, worker) => this.#pool.ask(worker, request)));
  }

  load(block: RowBlock): Promise<void> {
    return this.#all({ block });
  }

  settle(kept: Uint8Array): Promise<void> {
    return this.#all({ kept });
  }

  compare(lane: number, stripe: Stripe): Promise<StripeResult> {
    const transfer = stripe.rows === undefined ? [] : [stripe.rows.buffer];
    return this.#pool.ask(lane % this.#pool.size, { stripe } satisfies StripeRequest, transfer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#pool[Symbol.dispose]();
    return Promise.resolve();
  }
}
