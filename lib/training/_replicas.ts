/** Threads that share a batch: each computes the gradients of its samples, with weights of its own to read. */
import type * as op from "@/onnx/mod.ts";
import {
  pack,
  type Packed,
  type ReplicaAnswer,
  type ReplicaSetup,
  type ReplicaStep,
  sizeOf,
} from "./_replica_messages.ts";

type Message = { readonly answer: ReplicaAnswer | undefined } | { readonly error: string };

/** One thread and the two buffers that it and this thread take turns to hold. */
interface Replica {
  readonly worker: Worker;
  weights: ArrayBuffer;
  gradients: ArrayBuffer;
}

/** What the replicas of one step found. */
export interface ReplicaResult {
  /** Gradients one after the other, in the order given at the start; valid until the next step. */
  readonly gradients: Float32Array<ArrayBuffer>;
  /** The other outputs. */
  readonly results: ReplicaAnswer["results"];
}

/** A graph of losses and gradients, loaded once in each of several threads. */
export class Replicas {
  readonly #replicas: readonly Replica[];
  readonly #weights: readonly Packed[];

  private constructor(replicas: readonly Replica[], weights: readonly Packed[]) {
    this.#replicas = replicas;
    this.#weights = weights;
  }

  /** Starts threads that run `model`; `weights` are inputs and `gradients` outputs of it, float32. */
  static async start(
    count: number,
    model: op.BuiltModel,
    { weights, gradients, session }: {
      readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
      readonly gradients: readonly { readonly name: string; readonly shape: readonly number[] }[];
      readonly session: op.SessionOptions;
    },
  ): Promise<Replicas> {
    const inside = pack(weights), outside = pack(gradients);
    const plain = (values: ReadonlyMap<string, op.Value>) => {
      return new Map([...values].map(([name, { dtype, shape }]) => [name, { dtype, shape } as op.Value]));
    };
    const setup: ReplicaSetup = {
      model: {
        bytes: model.bytes,
        blobs: model.blobs,
        inputs: plain(model.inputs),
        outputs: plain(model.outputs),
      },
      session,
      weights: inside.packed,
      gradients: outside.packed,
    };
    const replicas = Array.from({ length: count }, (): Replica => ({
      worker: new Worker(new URL("./_replica_worker.ts", import.meta.url), { type: "module" }),
      weights: new ArrayBuffer(4 * inside.length),
      gradients: new ArrayBuffer(4 * outside.length),
    }));
    const all = new Replicas(replicas, inside.packed);
    try {
      await Promise.all(replicas.map(({ worker }) => ask(worker, setup, [])));
    } catch (error) {
      all.stop();
      throw error;
    }
    return all;
  }

  /** Runs one step; one set of data a replica. */
  async step(
    data: readonly Readonly<Record<string, op.Tensor>>[],
    weights: ReadonlyMap<string, Float32Array>,
  ): Promise<ReplicaResult[]> {
    return await Promise.all(this.#replicas.map(async (replica, r) => {
      const all = new Float32Array(replica.weights);
      for (const { name, offset } of this.#weights) all.set(weights.get(name)!, offset);
      const message: ReplicaStep = { data: data[r]!, weights: replica.weights, gradients: replica.gradients };
      const answer = await ask(replica.worker, message, [replica.weights, replica.gradients]);
      replica.weights = answer!.weights;
      replica.gradients = answer!.gradients;
      return { gradients: new Float32Array(replica.gradients), results: answer!.results };
    }));
  }

  /** Ends the threads. */
  stop(): void {
    for (const { worker } of this.#replicas) worker.terminate();
  }
}

/** Posts a message and waits for the answer to it. */
function ask(worker: Worker, message: unknown, transfer: Transferable[]): Promise<ReplicaAnswer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<ReplicaAnswer | undefined>();
  worker.onmessage = ({ data }: MessageEvent<Message>) => {
    if ("error" in data) reject(new Error(`Cannot train: a thread failed: ${data.error}`));
    else resolve(data.answer);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(`Cannot train: a thread stopped: ${event.message}`));
  };
  worker.postMessage(message, transfer);
  return promise;
}

/** Samples of one replica. */
export function shareOf(batchSize: number, replicas: number): number {
  if (!Number.isInteger(replicas) || replicas < 1 || !Number.isInteger(batchSize / replicas)) {
    throw new RangeError(`Cannot train: a batch of ${batchSize} is not shared evenly by ${replicas} replicas`);
  }
  return batchSize / replicas;
}

/**
 * Cuts a batch into equal shares.
 *
 * A tensor whose first axis is `count` times that of the graph's input is cut there; one of the input's own shape goes to all.
 */
export function shares(
  data: Readonly<Record<string, op.Tensor>>,
  inputs: readonly op.Value[],
  count: number,
): Record<string, op.Tensor>[] {
  return Array.from({ length: count }, (_, r) => {
    return Object.fromEntries(inputs.map((input): [string, op.Tensor] => {
      const name = input.name!, tensor = data[name];
      if (tensor === undefined) throw new TypeError(`Cannot train: input "${name}" is missing`);
      const [rows] = input.shape as readonly number[];
      if (rows === undefined || tensor.shape[0] !== rows * count) return [name, tensor];
      const size = sizeOf(tensor.shape) / count;
      return [name, {
        ...tensor,
        data: tensor.data.slice(r * size, (r + 1) * size),
        shape: [rows, ...tensor.shape.slice(1)],
      }];
    }));
  });
}
