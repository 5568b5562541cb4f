/**
 * A file of JSON lines that several processes add to, and that a kill at any moment leaves readable: lines are added under a
 * lock, and what a killed process left of a line is removed by the next one that has the lock.
 */

const NEW_LINE = 10;
const TAIL_BYTES = 1 << 16;

/** A log that is open for adding. */
export class JsonLog implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  /** Ends when all work so far has ended; the lock tells processes apart, not the calls of this one. */
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  /** Opens a log, new or old; its folder must exist. */
  static async open(path: string): Promise<JsonLog> {
    return new JsonLog(path, await Deno.open(path, { read: true, write: true, create: true }));
  }

  /** Does something while no other process has this log's lock. */
  locked<T>(work: () => Promise<T> | T): Promise<T> {
    const turn = this.#busy.then(async () => {
      await this.#file.lock(true);
      try {
        return await work();
      } finally {
        await this.#file.unlock();
      }
    });
    this.#busy = turn.catch(() => {});
    return turn;
  }

  /** Adds a line for each value, after `before`, all under the lock. */
  async add(values: readonly unknown[], before: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    if (values.length === 0) return;
    await this.locked(async () => {
      await before();
      await this.#dropHalfLine();
      let bytes = new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
      while (bytes.length > 0) bytes = bytes.subarray(await this.#file.write(bytes));
    });
  }

  /** Leaves the file's place at the end of its last whole line. */
  async #dropHalfLine(): Promise<void> {
    const { size } = await this.#file.stat();
    for (let end = size; end > 0;) {
      const start = Math.max(0, end - TAIL_BYTES), tail = new Uint8Array(end - start);
      await this.#file.seek(start, Deno.SeekMode.Start);
      for (let at = 0; at < tail.length;) {
        const read = await this.#file.read(tail.subarray(at));
        if (read === null) break;
        at += read;
      }
      const last = tail.lastIndexOf(NEW_LINE);
      if (last >= 0 || start === 0) {
        if (start + last + 1 < size) await this.#file.truncate(start + last + 1);
        break;
      }
      end = start;
    }
    await this.#file.seek(0, Deno.SeekMode.End);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/**
 * Reads the whole lines of a log; a file that is not there has none.
 *
 * @throws {SyntaxError} When a whole line is not JSON.
 */
export async function* readJsonLog(path: string): AsyncGenerator<unknown, void, void> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  let rest = "", line = 0;
  for await (const piece of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    for (const text of lines) {
      line++;
      if (text === "") continue;
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (cause) {
        throw new SyntaxError(
          `Cannot read ${path}: line ${line} is not JSON; remove the line, what it told is made anew`,
          {
            cause,
          },
        );
      }
      yield value;
    }
  }
}

/** A number with the seven digits that a float32 has; null where it is not finite, as JSON has no such number. */
export function shortNumber(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(7));
}
