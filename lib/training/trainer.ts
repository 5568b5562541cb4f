/**
 * A training step as one session run: forward pass, gradients and optimiser in one graph. With replicas, threads compute the
 * gradients of equal shares of the batch, and the optimiser takes their mean; batch norms then see a share each, as under
 * PyTorch's DistributedDataParallel, and running statistics follow the mean of the shares' statistics.
 *
 * Weights and moments are graph inputs and outputs. Two sets of buffers take turns, so that the runtime never writes what
 * it still reads and no memory is allocated from step to step.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { type ParameterSpec, type StatisticsUpdate, updateRunningStatistics } from "@/networks/mod.ts";
import { type Engine, replicatedEngine, singleEngine, type TrainedPiece } from "./_engine.ts";
import { pack, sizeOf } from "./_replica_messages.ts";
import { shareOf } from "./_replicas.ts";
import type { TrainingState } from "./state.ts";

/** Optimiser of a training graph. */
export type Optimiser =
  | ({ readonly kind: "sgd"; readonly clip?: number } & op.SgdOptions)
  | ({ readonly kind: "adamw"; readonly clip?: number } & op.AdamWOptions);

/** One trained network of a graph: what it asked for, and the graph values. */
export interface TrainedParameters {
  /** Parameters and buffers. */
  readonly specs: readonly ParameterSpec[];
  /** Graph inputs by name. */
  readonly values: ReadonlyMap<string, Value>;
}

/** Description of a training graph. */
export interface TrainerOptions {
  /** Graph inputs that every step feeds; their first axis is that of one replica's share. */
  readonly data: readonly Value[];
  /** Weights to train. */
  readonly parameters: TrainedParameters;
  /** What is minimised, a scalar. */
  readonly loss: Value;
  /** Scalars to report at each step. */
  readonly metrics?: Readonly<Record<string, Value>>;
  /** Batch statistics that move running ones. */
  readonly updates?: readonly StatisticsUpdate[];
  /** Samples a step, of all replicas together. */
  readonly batchSize: number;
  /** Threads that share a batch, each with a copy of the graph. @default {1} */
  readonly replicas?: number;
  /** Optimiser and its settings. */
  readonly optimiser: Optimiser;
  /** Group of a weight by its name; the gradient norm is limited in each group by itself. @default {one group} */
  readonly clipGroup?: (name: string) => string;
  /** Device and threads. */
  readonly session?: op.SessionOptions;
}

type Buffer = Float32Array<ArrayBuffer>;

/**
 * A network being trained.
 *
 * @example One weight learns that y = 2 x
 * ```ts
 * import assert from "node:assert/strict";
 * import { inputParameters } from "@/networks/mod.ts";
 * import * as op from "@/onnx/mod.ts";
 * import { freshState, Trainer } from "@/training/mod.ts";
 *
 * const parameters = inputParameters();
 * const [x, y] = [op.input("x", "float32", [2, 1]), op.input("y", "float32", [2, 1])];
 * const w = parameters.param("w", [1, 1], { init: { kind: "constant", value: 0 } });
 * const error = op.sub(op.matmul(x, w), y);
 * const state = freshState(parameters.specs, 1);
 * const loss = op.mean(op.mul(error, error)), optimiser = { kind: "sgd", momentum: 0 } as const;
 * await using trainer = await Trainer.create({ data: [x, y], parameters, loss, batchSize: 2, optimiser }, state);
 * const tensor = (...values: number[]) => ({ data: Float32Array.from(values), shape: [2, 1] });
 * for (let i = 0; i < 20; i++) await trainer.step({ x: tensor(1, -1), y: tensor(2, -2) }, 0.2);
 * assert.ok(Math.abs(trainer.state.values.get("w")![0]! - 2) < 1e-3);
 * ```
 */
export class Trainer implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #options: TrainerOptions;
  readonly #trained: readonly ParameterSpec[];
  /** What the next step reads and what it writes; they change places after each step. */
  readonly #sets: [BufferSet, BufferSet];
  /** Weights, moments and step counter; change it only between steps. */
  readonly state: TrainingState;

  private constructor(
    engine: Engine,
    options: TrainerOptions,
    trained: readonly ParameterSpec[],
    state: TrainingState,
  ) {
    this.#engine = engine;
    this.#options = options;
    this.#trained = trained;
    this.state = state;
    for (const { name } of trained) {
      for (const slot of slotsOf(options.optimiser, name)) {
        if (!state.slots.has(slot)) state.slots.set(slot, new Float32Array(state.values.get(name)!.length));
      }
    }
    this.#sets = [bufferSet(trained, options.optimiser), bufferSet(trained, options.optimiser)];
    this.#adopt();
  }

  /** Takes arrays that the state was given since the last step, or at the start. */
  #adopt(): void {
    const { values, slots } = this.state, [live] = this.#sets;
    for (const [held, views] of [[values, live.values], [slots, live.slots]] as const) {
      const changed = [...views].filter(([name, view]) => held.get(name) !== view);
      // All are copied before any is overwritten: two weights may have changed places.
      const copies = changed.map(([name, view]) => {
        const data = held.get(name);
        if (data?.length === view.length) return data.slice();
        const found = data === undefined ? "none" : `${data.length}`;
        throw new TypeError(`Cannot train: ${name} needs ${view.length} values, the state has ${found}`);
      });
      changed.forEach(([name, view], i) => {
        view.set(copies[i]!);
        held.set(name, view);
      });
    }
  }

  /**
   * Builds the graph of a step and loads it.
   *
   * @param options What to train and how.
   * @param state Where to start; missing moments start at zero. The trainer keeps it and changes it.
   * @returns The trainer, before its next step.
   * @throws {TypeError} If the state lacks a weight, or has it or a moment of it in another size.
   * @throws {RangeError} If the replicas cannot share the batch evenly.
   */
  static async create(options: TrainerOptions, state: TrainingState): Promise<Trainer> {
    const { parameters, loss, metrics = {}, updates = [], data, batchSize, replicas = 1 } = options;
    shareOf(batchSize, replicas);
    for (const spec of parameters.specs) {
      const size = spec.shape.reduce((a, b) => a * b, 1), found = state.values.get(spec.name)?.length;
      if (found !== size) {
        throw new TypeError(
          `Cannot train: weight ${spec.name} [${spec.shape}] needs ${size} values, the state has ${found ?? "none"}`,
        );
      }
    }
    const kind = ({ name, decay }: ParameterSpec) => `${options.clipGroup?.(name) ?? ""} ${decay}`;
    const trained = [...Map.groupBy(parameters.specs.filter((spec) => spec.trainable), kind).values()].flat();
    const weights = trained.map((spec) => parameters.values.get(spec.name)!);
    // Of each replica's share of the mean, so that their sum needs no dividing.
    const gradients = op.gradients(replicas > 1 ? op.mul(loss, 1 / replicas) : loss, weights);
    const reports: Record<string, Value> = { loss: op.identity(loss) };
    for (const [name, value] of Object.entries(metrics)) reports[name] = op.identity(value);
    for (const { meanName, varianceName, mean, variance } of updates) {
      reports[`${meanName}'`] = op.identity(mean);
      reports[`${varianceName}'`] = op.identity(variance);
    }
    // Buffers that only evaluation reads, such as running statistics, are no inputs of this graph.
    const reachable = new Set(op.sortNodes([...Object.values(reports), ...gradients]).flatMap((node) => node.inputs));
    const used = parameters.specs.filter((spec) => reachable.has(parameters.values.get(spec.name)!));
    const graphWeight = ({ name, shape }: ParameterSpec) => ({ name, shape, value: parameters.values.get(name)! });
    const parts = {
      data,
      weights: used.map(graphWeight),
      trained: trained.map(graphWeight),
      kind: (name: string) => kind(trained.find((spec) => spec.name === name)!),
      reports,
      gradients,
      slots: (name: string) => slotsOf(options.optimiser, name),
      optimise: (pieces: readonly TrainedPiece[]) => optimiserPart(pieces, trained, options),
    };
    const { session = {} } = options;
    const engine = replicas > 1 ? await replicatedEngine(replicas, parts, session) : await singleEngine(parts, session);
    return new Trainer(engine, options, trained, state);
  }

  /** The device that runs the step. */
  get device(): op.Device {
    return this.#engine.device;
  }

  /**
   * Does one step.
   *
   * @param data One tensor per data input.
   * @param rate Learning rate of this step.
   * @returns The loss and the metrics.
   * @throws {RangeError} If the loss is not a finite number; the state is then as it was before the step.
   */
  async step(data: Readonly<Record<string, op.Tensor>>, rate: number): Promise<Record<string, number>> {
    const { optimiser, updates = [], batchSize, replicas = 1, metrics = {} } = this.#options;
    const rest: Record<string, op.Tensor> = { rate: { data: Float32Array.of(rate), shape: [] } };
    if (optimiser.kind === "adamw") {
      const t = this.state.step + 1, { beta1 = 0.9, beta2 = 0.999 } = optimiser;
      rest["correction1"] = { data: Float32Array.of(1 - beta1 ** t), shape: [] };
      rest["correction2"] = { data: Float32Array.of(1 - beta2 ** t), shape: [] };
    }
    this.#adopt();
    const into: Record<string, op.Tensor> = {}, [, spare] = this.#sets;
    for (const { name, shape } of this.#trained) {
      into[`${name}'`] = { data: spare.values.get(name)!, shape };
      for (const slot of slotsOf(optimiser, name)) {
        rest[slot] = { data: this.state.slots.get(slot)!, shape };
        into[`${slot}'`] = { data: spare.slots.get(slot)!, shape };
      }
    }
    const results = await this.#engine.run(data, this.state.values, rest, into);
    const report: Record<string, number> = {};
    for (const name of ["loss", ...(optimiser.clip === undefined ? [] : ["gradientNorm"]), ...Object.keys(metrics)]) {
      report[name] = results[name]?.data[0] as number;
    }
    if (!Number.isFinite(report["loss"])) {
      throw new RangeError(`Cannot go on training: the loss at step ${this.state.step} is ${report["loss"]}`);
    }
    this.#sets.reverse();
    for (const [name, view] of this.#sets[0].values) this.state.values.set(name, view);
    for (const [slot, view] of this.#sets[0].slots) this.state.slots.set(slot, view);
    for (const update of updates) {
      updateRunningStatistics(
        {
          mean: this.state.values.get(update.meanName)!,
          variance: this.state.values.get(update.varianceName)!,
        },
        {
          mean: results[`${update.meanName}'`]!.data as Float32Array,
          variance: results[`${update.varianceName}'`]!.data as Float32Array,
          count: batchSize / replicas * update.elementsPerSample,
        },
      );
    }
    this.state.step++;
    return report;
  }

  /** Frees the runtime's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
  }
}

/** Weights and moments by name, views of buffers in which those of a kind lie one after the other. */
interface BufferSet {
  readonly values: ReadonlyMap<string, Buffer>;
  readonly slots: ReadonlyMap<string, Buffer>;
}

function bufferSet(trained: readonly ParameterSpec[], optimiser: Optimiser): BufferSet {
  const { packed, length } = pack(trained);
  const lay = (nameOf: (name: string) => string): [string, Buffer][] => {
    const buffer = new ArrayBuffer(4 * length);
    return packed.map(({ name, shape, offset }) => [nameOf(name), new Float32Array(buffer, 4 * offset, sizeOf(shape))]);
  };
  const kinds = slotsOf(optimiser, "").keys();
  return {
    values: new Map(lay((name) => name)),
    slots: new Map([...kinds].flatMap((kind) => lay((name) => slotsOf(optimiser, name)[kind]!))),
  };
}

/** New weights and moments from gradients; the first group's gradient norm is reported when it is limited. */
function optimiserPart(
  pieces: readonly TrainedPiece[],
  trained: readonly ParameterSpec[],
  { optimiser, clipGroup = () => "" }: TrainerOptions,
): { inputs: Value[]; outputs: Record<string, Value> } {
  const gradients = pieces.map(({ gradient }) => gradient), outputs: Record<string, Value> = {};
  const decays = new Set(trained.filter(({ decay }) => decay).map(({ name }) => name));
  if (optimiser.clip !== undefined) {
    for (const [, members] of Map.groupBy(pieces.keys(), (i) => clipGroup(pieces[i]!.of))) {
      const clipped = op.clipGradientNorm(members.map((i) => gradients[i]!), optimiser.clip);
      members.forEach((i, k) => gradients[i] = clipped.gradients[k]!);
      outputs["gradientNorm"] ??= clipped.norm;
    }
  }
  const rate = op.input("rate", "float32", []);
  const correction1 = op.input("correction1", "float32", []);
  const correction2 = op.input("correction2", "float32", []);
  const slots: Value[] = [];
  pieces.forEach(({ name, of, value }, i) => {
    const weightDecay = decays.has(of) ? optimiser.weightDecay ?? 0 : 0;
    const names = slotsOf(optimiser, name);
    const inputs = names.map((slot) => op.input(slot, "float32", value.shape));
    slots.push(...inputs);
    if (optimiser.kind === "sgd") {
      const next = op.sgdStep(value, gradients[i]!, inputs[0]!, rate, { ...optimiser, weightDecay });
      outputs[`${name}'`] = next.parameter;
      outputs[`${names[0]}'`] = next.velocity;
    } else {
      const moments = { first: inputs[0]!, second: inputs[1]! };
      const schedule = { rate, correction1, correction2 };
      const next = op.adamwStep(value, gradients[i]!, moments, schedule, { ...optimiser, weightDecay });
      outputs[`${name}'`] = next.parameter;
      outputs[`${names[0]}'`] = next.first;
      outputs[`${names[1]}'`] = next.second;
    }
  });
  return { inputs: [...slots, ...(optimiser.kind === "sgd" ? [rate] : [rate, correction1, correction2])], outputs };
}

/** Names of the moments that belong to a weight. */
function slotsOf(optimiser: Optimiser, name: string): readonly string[] {
  return optimiser.kind === "sgd" ? [`${name}#velocity`] : [`${name}#first`, `${name}#second`];
}
