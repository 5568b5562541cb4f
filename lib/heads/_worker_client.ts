/** This thread's end of a rendering worker. */

import type { Batch, BatchResult } from "./_batch.ts";
import type { HeadModel } from "./head_model.ts";

/** A worker thread with its open requests, answered in order. */
export class RenderWorker {
  readonly #worker: Worker;
  readonly #open: PromiseWithResolvers<BatchResult>[] = [];

  constructor(model: HeadModel) {
    this.#worker = new Worker(new URL("./_render_worker.ts", import.meta.url), {
      type: "module",
    });
    this.#worker.onmessage = (
      { data }: MessageEvent<{ result: BatchResult } | { error: string }>,
    ) => {
      const request = this.#open.shift();
      if ("result" in data) request?.resolve(data.result);
      else {request?.reject(
          new Error(`Cannot render: a worker failed: ${data.error}`),
        );}
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const request of this.#open.splice(0)) {
        request.reject(
          new Error(`Cannot render: a worker stopped: ${event.message}`),
        );
      }
    };
    this.#worker.postMessage({ model });
  }

  render(batch: Batch): Promise<BatchResult> {
    const request = Promise.withResolvers<BatchResult>();
    this.#open.push(request);
    this.#worker.postMessage({ batch });
    return request.promise;
  }

  stop(): void {
    this.#worker.terminate();
  }
}
