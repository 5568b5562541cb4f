/**
 * Worker threads that answer requests in order: this thread's end and theirs.
 */

interface Reply {
  readonly answer?: unknown;
  readonly error?: string;
}

interface Member {
  readonly worker: Worker;
  readonly open: PromiseWithResolvers<unknown>[];
}

/**
 * Worker threads that run one script.
 *
 * @example A script that squares
 * ```ts
 * import { WorkerPool } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const serve = import.meta.resolve("@/similarity/mod.ts");
 * const script = `import { serveRequests } from "${serve}"; serveRequests((x) => Promise.resolve({ answer: x * x }));`;
 * using pool = new WorkerPool(new URL(`data:text/javascript,${encodeURIComponent(script)}`), 1);
 * assert.equal(await pool.ask<number>(0, 7), 49);
 * ```
 */
export class WorkerPool implements Disposable {
  readonly #members: Member[];

  /**
   * Starts the threads.
   *
   * @param script A module that calls {@linkcode serveRequests}.
   * @param size Number of threads, at least 1.
   * @throws {RangeError} When the size is no whole number from 1 to 1024.
   */
  constructor(script: URL, size: number) {
    if (!Number.isInteger(size) || size < 1 || size > 1024) {
      throw new RangeError(`Cannot start workers: ${size} asked for, expected a whole number from 1 to 1024`);
    }
    this.#members = Array.from({ length: size }, () => startWorker(script));
  }

  /** Number of threads. */
  get size(): number {
    return this.#members.length;
  }

  /**
   * Sends a request; a thread answers its requests in the order in which they were sent.
   *
   * @param worker Which thread, 0..size-1.
   * @param message What to send.
   * @param transfer Buffers to hand over in place of copying them.
   * @returns The answer.
   * @throws {Error} When the thread fails, has stopped, or is stopped before it answers.
   */
  ask<Answer>(worker: number, message: unknown, transfer: Transferable[] = []): Promise<Answer> {
    const member = this.#members[worker];
    if (member === undefined) return Promise.reject(stopped());
    const request = Promise.withResolvers<unknown>();
    member.open.push(request);
    member.worker.postMessage(message, transfer);
    return request.promise as Promise<Answer>;
  }

  /** Stops all threads at once; requests without an answer fail. */
  [Symbol.dispose](): void {
    for (const { worker, open } of this.#members.splice(0)) {
      worker.terminate();
      for (const request of open.splice(0)) {
        request.promise.catch(() => {}); // nobody may be waiting any more
        request.reject(stopped());
      }
    }
  }
}

function stopped(): Error {
  return new Error("Cannot compute in a worker: it has been stopped");
}

function startWorker(script: URL): Member {
  const worker = new Worker(script, { type: "module" });
  const open: Member["open"] = [];
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    const request = open.shift();
    if (data.error === undefined) request?.resolve(data.answer);
    else request?.reject(new Error(`Cannot compute in a worker: ${data.error}`));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    for (const request of open.splice(0)) {
      request.reject(new Error(`Cannot compute in a worker: it ended with ${event.message}`));
    }
  };
  return { worker, open };
}

/** What a request handler gives back. */
export interface Served {
  /** The answer. */
  readonly answer: unknown;
  /** Buffers of the answer to hand over in place of copying them. */
  readonly transfer?: Transferable[];
}

interface WorkerScope {
  onmessage: ((event: MessageEvent<never>) => void) | null;
  postMessage(message: Reply, transfer: Transferable[]): void;
}

/**
 * The other end of a {@linkcode WorkerPool}: answers requests one after another.
 *
 * @param handle Computes the answer to one request.
 *
 * @example See WorkerPool
 * ```ts
 * import { serveRequests } from "@/similarity/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(typeof serveRequests, "function");
 * ```
 */
export function serveRequests<Request>(handle: (request: Request) => Promise<Served>): void {
  const scope = globalThis as unknown as WorkerScope;
  let last: Promise<void> = Promise.resolve();
  scope.onmessage = ({ data }) => {
    last = last.then(async () => {
      try {
        const { answer, transfer = [] } = await handle(data);
        scope.postMessage({ answer }, transfer);
      } catch (error) {
        scope.postMessage({ error: error instanceof Error ? error.message : String(error) }, []);
      }
    });
  };
}
