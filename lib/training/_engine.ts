/** Two ways to compute a training step: one graph in this thread, or gradients in several threads and then the optimiser. */
import * as op from "@/onnx/mod.ts";
import type { Session, Value } from "@/onnx/mod.ts";
import { sizeOf } from "./_replica_messages.ts";
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
  /** Those that are trained, in the order in which their elements lie in memory; so do their moments of each kind. */
  readonly trained: readonly GraphWeight[];
  /** Weights next to one another with the same name here may be optimised as one. */
  readonly kind: (name: string) => string;
  /** Loss, metrics, batch statistics. */
  readonly reports: Readonly<Record<string, Value>>;
  /** Gradients of the loss, or of one share's part of it, one a trained weight. */
  readonly gradients: readonly Value[];
  /** Names of the moments that belong to a weight, or to a piece of one. */
  readonly slots: (name: string) => readonly string[];
  /** New weights and moments from gradients, and the graph inputs that they need besides. */
  readonly optimise: (pieces: readonly TrainedPiece[]) => {
    readonly inputs: readonly Value[];
    readonly outputs: Readonly<Record<string, Value>>;
  };
}

/** A trained weight, or a piece of several that lie in a row, in the graph of the optimiser. */
export interface TrainedPiece {
  /** Name that its inputs and outputs go by. */
  readonly name: string;
  /** Name of the weight, or of one of them. */
  readonly of: string;
  /** Its elements. */
  readonly value: Value;
  /** Their gradients. */
  readonly gradient: Value;
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
  const { inputs, outputs } = parts.optimise(parts.trained.map(({ name, value }, i) => {
    return { name, of: name, value, gradient: parts.gradients[i]! };
  }));
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
  const gradientName = (weight: string, replica: number | string = "") => `${weight}#gradient${replica}`;
  const pieces = piecesOf(parts), optimiserInputs: Value[] = [];
  const { inputs, outputs } = parts.optimise(pieces.map(({ name, of, length }) => {
    const each = Array.from({ length: count }, (_, r) => op.input(gradientName(name, r), "float32", [length]));
    const value = op.input(name, "float32", [length]);
    optimiserInputs.push(value, ...each);
    return { name, of, value, gradient: op.sum(each) };
  }));
  const session: Session = await op.createSession(
    op.buildModel({ inputs: [...optimiserInputs, ...inputs], outputs }),
    options,
  );
  const single = new Set(inputs.filter(({ shape }) => shape.length === 0).map(({ name }) => name!));
  const model = op.buildModel({
    inputs: [...parts.data, ...parts.weights.map(({ value }) => value)],
    outputs: {
      ...parts.reports,
      ...Object.fromEntries(parts.trained.map(({ name }, i) => {
        return [gradientName(name), op.identity(parts.gradients[i]!)];
      })),
    },
  });
  const { threads = 0, ...device } = options;
  const replicas = await Replicas.start(count, model, {
    weights: parts.weights,
    gradients: parts.trained.map(({ name, shape }) => ({ name: gradientName(name), shape })),
    session: { ...device, threads: Math.max(1, Math.floor((threads || navigator.hardwareConcurrency) / count)) },
  });
  return {
    device: session.device,
    run: async (data, weights, rest, into) => {
      const found = await replicas.step(shares(data, parts.data, count), weights);
      const reports = meanOf(found.map(({ results }) => results));
      // A loss that is not finite is the caller's to refuse; nothing is optimised on it.
      if (!Number.isFinite(reports["loss"]!.data[0])) return reports;
      const feeds = Object.fromEntries(Object.entries(rest).filter(([name]) => single.has(name)));
      const results: Record<string, op.Tensor> = {}, first = parts.trained[0]!.name, moments = parts.slots(first);
      for (const piece of pieces) {
        const { name } = piece;
        feeds[name] = cut(piece, weights.get(first)!);
        results[`${name}'`] = cut(piece, into[`${first}'`]!.data);
        found.forEach(({ gradients }, r) => feeds[gradientName(name, r)] = cut(piece, gradients));
        parts.slots(name).forEach((slot, i) => {
          feeds[slot] = cut(piece, rest[moments[i]!]!.data);
          results[`${slot}'`] = cut(piece, into[`${moments[i]}'`]!.data);
        });
      }
      return { ...reports, ...await session.run(feeds, results) };
    },
    [Symbol.asyncDispose]: async () => {
      replicas.stop();
      await session.release();
    },
  };
}

/** Elements that the optimiser takes at a time: what it makes of them stays in the processor's cache. */
const PIECE_ELEMENTS = 2 ** 18;

/** A stretch of the trained elements. */
interface Piece extends Pick<TrainedPiece, "name" | "of"> {
  /** Where it begins, counted from the first trained weight's first element. */
  readonly offset: number;
  readonly length: number;
}

/** Cuts the trained elements where kinds change and where a piece is full. */
function piecesOf({ trained, kind }: StepParts): Piece[] {
  const pieces: Piece[] = [];
  let begin = 0;
  for (const [i, { name, shape }] of trained.entries()) {
    const last = i > 0 && kind(trained[i - 1]!.name) === kind(name) ? pieces.pop()! : undefined;
    const end = begin + sizeOf(shape), of = last?.of ?? name;
    for (let offset = last?.offset ?? begin; offset < end; offset += PIECE_ELEMENTS) {
      pieces.push({ name: `${of}@${offset}`, of, offset, length: Math.min(PIECE_ELEMENTS, end - offset) });
    }
    begin = end;
  }
  return pieces;
}

/** A piece of the elements that begin where `first` does; not copied. */
function cut({ offset, length }: Piece, first: op.TensorData): op.Tensor {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = first as Float32Array<ArrayBuffer>;
  return { data: new Float32Array(buffer, byteOffset + offset * BYTES_PER_ELEMENT, length), shape: [length] };
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
