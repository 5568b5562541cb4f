/** PyTorch on the same cores, as a yardstick: looked for, asked case by case, and done without when it is not there. */
import { BATCH, type ConvolutionCase, LAYER_SHAPE } from "./cases.ts";

/** Least times in seconds by part. */
export type TorchTimes = Readonly<Record<string, number>>;

/** A running torch_bench.py. */
export class TorchBench implements AsyncDisposable {
  readonly #python: string;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;
  /** Version of PyTorch. */
  readonly version: string;

  private constructor(
    python: string,
    child: Deno.ChildProcess,
    writer: WritableStreamDefaultWriter<Uint8Array>,
    lines: AsyncIterator<string>,
    version: string,
  ) {
    this.#python = python;
    this.#child = child;
    this.#writer = writer;
    this.#lines = lines;
    this.version = version;
  }

  /**
   * Starts an interpreter.
   *
   * @param python Its path or name.
   * @param settings Time of one measurement, and threads.
   * @returns Undefined when there is no such interpreter or it has no PyTorch.
   */
  static async start(
    python: string,
    settings: { readonly seconds: number; readonly threads: number },
  ): Promise<TorchBench | undefined> {
    const script = decodeURIComponent(new URL("./torch_bench.py", import.meta.url).pathname);
    let child: Deno.ChildProcess;
    try {
      child = new Deno.Command(python, { args: [script], stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
    } catch (error) {
      const { NotFound, PermissionDenied, NotCapable } = Deno.errors;
      if (error instanceof NotFound || error instanceof PermissionDenied || error instanceof NotCapable) {
        return undefined;
      }
      throw error;
    }
    const writer = child.stdin.getWriter();
    const lines = linesOf(child.stdout);
    const first = await exchange(writer, lines, settings);
    if (first !== undefined) return new TorchBench(python, child, writer, lines, String(first["version"]));
    await child.status;
    await writer.close().catch(() => {});
    return undefined;
  }

  async #ask(job: unknown): Promise<TorchTimes> {
    const times = await exchange(this.#writer, this.#lines, job);
    if (times === undefined) {
      throw new Error(`Cannot time PyTorch with "${this.#python}": it ended at ${JSON.stringify(job)}`);
    }
    return times as TorchTimes;
  }

  /** Times a product of two square matrices. */
  matmul(size: number): Promise<TorchTimes> {
    return this.#ask({ matmul: size });
  }

  /** Times a convolution and its gradients. */
  convolution(shape: ConvolutionCase): Promise<TorchTimes> {
    return this.#ask({ convolution: { ...shape, batch: BATCH } });
  }

  /** Times a layer. */
  layer(name: string): Promise<TorchTimes> {
    return this.#ask({ layer: name, batch: BATCH, ...LAYER_SHAPE });
  }

  /** Times a whole training step. */
  step(network: string, shape: { readonly batch: number; readonly classes?: number }): Promise<TorchTimes> {
    return this.#ask({ step: network, ...shape });
  }

  /** Ends the interpreter. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    while ((await this.#lines.next()).done !== true);
    await this.#child.status;
  }
}

/** Writes a line of JSON and reads the answer; undefined when the other side is gone. */
async function exchange(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  lines: AsyncIterator<string>,
  message: unknown,
): Promise<Record<string, unknown> | undefined> {
  try {
    await writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
  } catch {
    return undefined;
  }
  const { value, done } = await lines.next();
  return done ? undefined : JSON.parse(value);
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}
