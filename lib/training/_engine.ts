/** Two ways to compute a training step: one graph in this thread, or gradients in several threads and then the optimiser. */
import * as op from "@/onnx/mod.ts";
import type { Session, Value } from "@/onnx/mod.ts";
import { Replicas, shares } from "./_replicas.ts";

type Tensors = Readonly<Record<string, op.Tensor>>;
type Results = Record<string, Required<op.Tensor>>;
type Weights = ReadonlyMap<string, Float32Array<ArrayBuffer>>;

/** A weight of the graph: name, shape and graph input. */
export interface GraphWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: Value;
}

/** The parts that both ways put together. */
export interface StepParts {
  /** Graph inputs of the batch, or of one share of it. */
  readonly data: readonly Value[];
  /** Every weight and buffer that the forward pass reads. */
  readonly weights: readonly GraphWeight[];
  /** Those that are trained. */
  readonly trained: readonly GraphWeight[];
  /** Loss, metrics, batch statistics. */
  readonly reports: Readonly<Record<string, Value>>;
  /** Gradients of the loss, or of one share's part of it, one a trained weight. */
  readonly gradients: readonly Value[];
  /** New weights and moments from gradients, and the graph inputs that they need besides. */
  readonly optimise: (gradients: readonly Value[]) => {
    readonly inputs: readonly Value[];
    readonly outputs: Readonly<Record<string, Value>>;
  };
}

/** Computes steps. */
export interface Engine extends AsyncDisposable {
  /** Where. */
  readonly device: op.Device;
  /**
   * Computes reports, new weights and new moments.
   *
   * @param data One tensor a data input, all samples of the step.
   * @param weights Weights and buffers.
   * @param rest What the optimiser needs besides.
   * @param into Where new weights and moments go.
   */
  run(data: Tensors, weights: Weights, rest: Tensors, into: Tensors): Promise<Results>;
}

/** One graph, one session run a step. */
export async function singleEngine(parts: StepParts, options: op.SessionOptions): Promise<Engine> {
  const { inputs, outputs } = parts.optimise(parts.gradients);
  const session = await op.createSession(
    op.buildModel({
      inputs: [...parts.data, ...parts.weights.map(({ value }) => value), ...inputs],
      outputs: { ...parts.reports, ...outputs },
    }),
    options,
  );
  return {
    device: session.device,
    run: (data, weights, rest, into) => session.run({ ...data, ...feeds(parts.weights, weights), ...rest }, into),
    [Symbol.asyncDispose]: () => session.release(),
  };
}

/** Equal shares of the batch in threads of their own, the sum of their gradients to the optimiser in this one. */
export async function replicatedEngine(
  count: number,
  parts: StepParts,
  options: op.SessionOptions,
): Promise<Engine> {
  const gradientName = (weight: string, replica: number | string) => `${weight}#gradient${replica}`;
  const whole: Value[] = [], gradientInputs: Value[] = [];
  for (const { name, shape } of parts.trained) {
    const each = Array.from({ length: count }, (_, r) => op.input(gradientName(name, r), "float32", shape));
    gradientInputs.push(...each);
    whole.push(op.sum(each));
  }
  const { inputs, outputs } = parts.optimise(whole);
  const session: Session = await op.createSession(
    op.buildModel({ inputs: [...gradientInputs, ...parts.trained.map(({ value }) => value), ...inputs], outputs }),
    options,
  );
  const model = op.buildModel({
    inputs: [...parts.data, ...parts.weights.map(({ value }) => value)],
    outputs: {
      ...parts.reports,
      ...Object.fromEntries(parts.trained.map(({ name }, i) => {
        return [gradientName(name, ""), op.identity(parts.gradients[i]!)];
      })),
    },
  });
  const { threads = 0, ...device } = options;
  const replicas = await Replicas.start(count, model, {
    weights: parts.weights,
    gradients: parts.trained.map(({ name, shape }) => ({ name: gradientName(name, ""), shape })),
    session: { ...device, threads: Math.max(1, Math.floor((threads || navigator.hardwareConcurrency) / count)) },
  });
  return {
    device: session.device,
    run: async (data, weights, rest, into) => {
      const found = await replicas.step(shares(data, parts.data, count), weights);
      const reports = meanOf(found.map(({ results }) => results));
      // A loss that is not finite is the caller's to refuse; nothing is optimised on it.
      if (!Number.isFinite(reports["loss"]!.data[0])) return reports;
      const gradients = Object.fromEntries(
        found.flatMap(({ gradients }, r) =>
          parts.trained.map(({ name }) => [gradientName(name, r), gradients[gradientName(name, "")]!] as const)
        ),
      );
      return { ...reports, ...await session.run({ ...gradients, ...feeds(parts.trained, weights), ...rest }, into) };
    },
    [Symbol.asyncDispose]: async () => {
      replicas.stop();
      await session.release();
    },
  };
}

function feeds(wanted: readonly GraphWeight[], weights: Weights): Record<string, op.Tensor> {
  return Object.fromEntries(wanted.map(({ name, shape }) => [name, { data: weights.get(name)!, shape }]));
}

/** Mean over replicas of every report. */
function meanOf(results: readonly Readonly<Results>[]): Results {
  const [first] = results;
  return Object.fromEntries(
    Object.entries(first!).map(([name, tensor]) => {
      const data = Float32Array.from(tensor.data as Float32Array, (_, i) => {
        return results.reduce((sum, other) => sum + (other[name]!.data[i] as number), 0) / results.length;
      });
      return [name, { ...tensor, data }];
    }),
  );
}
