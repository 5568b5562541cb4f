/** A module worker that reads batches: first message the folder and the settings, then one step a message. */
import { type BatchOptions, readBatch } from "./_batch.ts";
import { PackedImages } from "./packed_images.ts";

type Question = { readonly folder: string; readonly options: BatchOptions } | { readonly step: number };

interface WorkerScope {
  onmessage: ((event: MessageEvent<Question>) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let source: { readonly data: PackedImages; readonly options: BatchOptions } | undefined;
let failure: string | undefined;

scope.onmessage = ({ data: question }) => {
  try {
    if ("folder" in question) {
      source = { data: new PackedImages(question.folder), options: question.options };
      return;
    }
    if (source === undefined) throw new Error(failure);
    const batch = readBatch(source.data, question.step, source.options);
    scope.postMessage({ batch }, [batch.images.buffer, batch.heads.buffer]);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    if ("step" in question) scope.postMessage({ error: failure }, []);
  }
};
