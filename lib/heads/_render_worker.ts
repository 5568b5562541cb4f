/** A module worker that renders batches: first message the head model, then one batch a message. */

import { type Batch, BatchRenderer } from "./_batch.ts";
import type { HeadModel } from "./head_model.ts";

interface WorkerScope {
  onmessage:
    | ((event: MessageEvent<{ model: HeadModel } | { batch: Batch }>) => void)
    | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let renderer: BatchRenderer | undefined;

scope.onmessage = ({ data }) => {
  if ("model" in data) {
    renderer = new BatchRenderer(data.model);
    return;
  }
  try {
    const result = renderer!.render(data.batch);
    scope.postMessage({ result }, [result.pixels.buffer, result.masks.buffer]);
  } catch (error) {
    scope.postMessage({
      error: error instanceof Error ? error.message : String(error),
    }, []);
  }
};
