/**
 * Running built models in ONNX Runtime.
 *
 * @module
 */
import * as ort from "onnxruntime-node";
import { checkBoundary, checkTensor } from "./_check_tensor.ts";
import { externalFolder } from "./_external_folder.ts";
import { show } from "./_node.ts";
import { identity } from "./ops/conversion.ts";
import { type Device, DEVICES, parseDevice } from "./devices.ts";
import { buildModel, type BuiltModel } from "./model.ts";
import type { DataType, TensorData, Value } from "./types.ts";

// The runtime writes its own warnings to stderr in colour; errors reach the caller as exceptions anyway.
ort.env.logLevel = "fatal";

/** A tensor that goes into or comes out of a session. */
export interface Tensor {
  /** Elements, row-major. */
  readonly data: TensorData;
  /** Axis lengths. */
  readonly shape: readonly number[];
  /** Element type. @default {taken from the array} */
  readonly dtype?: DataType;
}

/** Options of {@linkcode createSession}. */
export interface SessionOptions {
  /** Device to run on. @default {"cpu"} */
  readonly device?: Device | "auto";
  /** Threads inside one operation; 0 lets the runtime choose. @default {0} */
  readonly threads?: number;
  /** Where the runtime writes a profile; empty for none. */
  readonly profile?: string;
  /** Reuse of one memory plan for all runs; turn off when shapes differ from run to run. @default {true} */
  readonly memoryPattern?: boolean;
  /** Rewriting of the graph for speed; turn off for what runs once. @default {true} */
  readonly optimise?: boolean;
}

/**
 * A model loaded in the runtime. Close it with {@linkcode Session.release} or `await using`.
 *
 * While it runs nothing else does in this thread: the runtime computes inside one call. Use workers for concurrency.
 *
 * @example A session for several runs
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N"]);
 * const model = op.buildModel({ inputs: [x], outputs: { y: op.neg(x) } });
 * await using session = await op.createSession(model);
 * for (const n of [1, 2]) {
 *   const { y } = await session.run({ x: { data: new Float32Array(n).fill(3), shape: [n] } });
 *   deepStrictEqual(y!.data, new Float32Array(n).fill(-3));
 * }
 * ```
 */
export class Session implements AsyncDisposable {
  #session: ort.InferenceSession;
  #model: BuiltModel;
  #ahead: Readonly<Record<string, ort.Tensor>>;
  #released = false;
  /** The device that runs this model. */
  readonly device: Device;

  /**
   * Wraps a session of the runtime; use {@linkcode createSession}.
   *
   * @param session The runtime's session.
   * @param model What it runs.
   * @param device Where it runs.
   * @param ahead What every run is fed besides.
   */
  constructor(
    session: ort.InferenceSession,
    model: BuiltModel,
    device: Device,
    ahead: Readonly<Record<string, ort.Tensor>> = {},
  ) {
    this.#session = session;
    this.#model = model;
    this.device = device;
    this.#ahead = ahead;
  }

  /**
   * Runs the model.
   *
   * @param feeds One tensor per graph input.
   * @param into Tensors to fill for some outputs, in place of fresh ones; what the runtime writes there must not be one of
   * the feeds. The other outputs are made as usual.
   * @returns One tensor per output.
   * @throws {TypeError} If an input is missing or unknown, or its type or shape does not fit.
   * @throws {Error} If the runtime fails, or the session has been released.
   */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    into: Readonly<Record<string, Tensor>> = {},
  ): Promise<Record<string, Required<Tensor>>> {
    if (this.#released) throw new Error("Cannot run the model: its session has been released");
    const { inputs: wanted, outputs } = this.#model;
    for (const name of Object.keys(feeds)) if (!wanted.has(name)) unknown("input", name, wanted);
    for (const name of Object.keys(into)) if (!outputs.has(name)) unknown("output", name, outputs);
    const inputs: Record<string, ort.Tensor> = { ...this.#ahead };
    const lengths = new Map<string, number>();
    for (const [name, value] of wanted) {
      const tensor = feeds[name];
      if (tensor === undefined) {
        throw new TypeError(`Cannot run the model: input "${name}" ${show(value.shape)} is missing`);
      }
      checkTensor(`input "${name}"`, value, tensor, lengths);
      inputs[name] = native(value, tensor);
    }
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const [name, value] of outputs) {
      const tensor = into[name];
      if (tensor !== undefined) checkTensor(`output "${name}"`, value, tensor, lengths);
      fetches[name] = tensor === undefined ? null : native(value, tensor);
    }
    let results: ort.InferenceSession.OnnxValueMapType;
    try {
      results = await this.#session.run(inputs, fetches);
    } catch (cause) {
      throw new Error(`Cannot run the model on ${this.device}: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      });
    }
    const out: Record<string, Required<Tensor>> = {};
    for (const [name, value] of Object.entries(results)) {
      const tensor = value as ort.Tensor;
      out[name] = {
        data: into[name]?.data ?? tensor.data as TensorData,
        shape: tensor.dims,
        dtype: outputs.get(name)!.dtype,
      };
    }
    return out;
  }

  /** Writes the profile, if one was asked for. */
  endProfiling(): void {
    this.#session.endProfiling();
  }

  /** Frees the runtime's memory; the session cannot be used afterwards. A second call does nothing. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.#ahead = {};
    await this.#session.release();
  }

  /** Same as {@linkcode Session.release}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/** A tensor as the runtime wants it; the elements are not copied. */
function native({ dtype }: Value, { data, shape }: Tensor): ort.Tensor {
  return new ort.Tensor(dtype as "float32", data as Float32Array, shape);
}

function unknown(kind: "input" | "output", name: string, known: ReadonlyMap<string, Value>): never {
  const names = [...known.keys()].join(", ") || "none";
  throw new TypeError(`Cannot run the model: it has no ${kind} "${name}", its ${kind}s are ${names}`);
}

/**
 * Loads a built model into the runtime.
 *
 * Initialisers that lie in files are not read here: the runtime maps the files themselves. Requires `--allow-ffi`; with
 * weights in files also `--allow-read`.
 *
 * @param model What {@linkcode buildModel} returned.
 * @param options Device, threads and memory.
 * @returns The session; close it with `await using`.
 * @throws {TypeError} If an input or output has half precision, or weight files lie on different drives.
 * @throws {RangeError} If the device is not in the table, or this machine does not have it; the message says what it needs.
 * @throws {Error} If the runtime refuses the model.
 *
 * @example Half of each number
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N"]);
 * const model = op.buildModel({ inputs: [x], outputs: { y: op.div(x, 2) } });
 * await using session = await op.createSession(model);
 * const { y } = await session.run({ x: { data: Float32Array.of(1, 3), shape: [2] } });
 * deepStrictEqual(y!.data, Float32Array.of(0.5, 1.5));
 * ```
 */
export async function createSession(model: BuiltModel, options: SessionOptions = {}): Promise<Session> {
  const { device = "cpu", threads = 0, profile = "", memoryPattern = true, optimise = true } = options;
  const candidates = parseDevice(device) === "auto" ? Object.keys(DEVICES) as Device[] : [device as Device];
  checkBoundary("input", model.inputs);
  checkBoundary("output", model.outputs);
  const { bytes, settings, folder = {} } = await prepare(model);
  let last: unknown;
  for (const candidate of candidates) {
    try {
      const session = await ort.InferenceSession.create(bytes, {
        ...settings,
        executionProviders: [DEVICES[candidate].provider],
        logSeverityLevel: 4,
        enableMemPattern: memoryPattern,
        // Threads that wait for the next run would take time from other sessions' runs, such as those of training's workers.
        extra: { session: { force_spinning_stop: "1", ...folder } },
        graphOptimizationLevel: optimise ? "all" : "disabled",
        ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
        ...(profile === "" ? {} : { enableProfiling: true, profileFilePrefix: profile }),
      });
      return new Session(session, model, candidate, await computeAhead(model, session, threads));
    } catch (error) {
      last = error;
    }
  }
  const reason = (last instanceof Error ? last.message : String(last)).trim();
  if (device === "cpu" || device === "auto") {
    throw new Error(`Cannot load the model: ${reason}`, { cause: last });
  }
  throw new RangeError(
    `Cannot use device "${device}": it needs ${DEVICES[device].needs}; use "cpu" or "auto" instead (${reason})`,
    { cause: last },
  );
}

/** Computes what a model wants ahead, one value after the other, so that no more than one is held twice. */
async function computeAhead(
  model: BuiltModel,
  session: ort.InferenceSession,
  threads: number,
): Promise<Record<string, ort.Tensor>> {
  const found: Record<string, ort.Tensor> = {};
  try {
    for (const [name, value] of model.ahead) {
      const once = buildModel({ inputs: [], outputs: { result: identity(value) } });
      await using session = await createSession(once, { threads, optimise: false });
      found[name] = native(value, (await session.run({}))["result"]!);
    }
  } catch (error) {
    await session.release();
    throw error;
  }
  return found;
}

/** Most bytes of a model file: protobuf ends at 2 GiB, and the graph itself needs some. */
const MODEL_LIMIT_BYTES = 2 ** 31 - 2 ** 24;

/** The model's bytes and where its outside bytes lie: large constants in memory, or weights in files under one folder. */
async function prepare(
  model: BuiltModel,
): Promise<{
  bytes: Uint8Array<ArrayBuffer>;
  settings?: ort.InferenceSession.SessionOptions;
  /** Where the model's weight files are looked for. */
  folder?: Readonly<Record<string, string>>;
}> {
  if (model.external.size === 0) {
    return { bytes: model.bytes, settings: { externalData: [...model.blobs].map(([path, data]) => ({ path, data })) } };
  }
  const size = [...model.blobs.values()].reduce((n, { length }) => n + length, 0);
  if (size > MODEL_LIMIT_BYTES) {
    throw new RangeError(
      `Cannot load the model: ${size} bytes of constants in memory beside weights in files, at most ${MODEL_LIMIT_BYTES} ` +
        "go together; leave all weights in files or load them all",
    );
  }
  const { folder, locations } = await externalFolder(model.external);
  return {
    bytes: model.relocate(locations),
    folder: { model_external_initializers_file_folder_path: folder },
  };
}
