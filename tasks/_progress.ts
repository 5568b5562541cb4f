/**
 * Progress of long work on stderr: a bar with rate and time left in a terminal, plain lines elsewhere.
 *
 * Redrawn from the work loop by `update()`, never from a timer: onnxruntime blocks timers while it runs.
 */

/** What a progress display needs to know. */
export interface ProgressOptions {
  /** Amount of work in all. */
  readonly total: number;
  /** What is counted: `images`. @default {"items"} */
  readonly unit?: string;
  /** Work that was done before this start; left out of the rate. @default {0} */
  readonly start?: number;
  /** Seconds between plain lines. @default {5} */
  readonly interval?: number;
  /** Draw a bar. @default {stderr is a terminal and NO_COLOR is not set} */
  readonly bar?: boolean;
  /** Where text goes. @default {stderr} */
  readonly write?: (text: string) => void;
  /** Milliseconds of a running clock. @default {performance.now} */
  readonly now?: () => number;
}

const BAR_CELLS = 24;
const REDRAW_MS = 100;

/** Value of an environment variable, or undefined when unset or not permitted. */
export function environment(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

/** Writes all of a text to stdout or stderr at once; a reader that has gone away is no error. */
export function writeText(stream: "stdout" | "stderr", text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) {
      bytes = bytes.subarray(Deno[stream].writeSync(bytes));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Seconds as m:ss or h:mm:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A display of how far some work is. */
export class Progress {
  readonly #options: Required<ProgressOptions>;
  readonly #began: number;
  #done: number;
  #total: number;
  #last: number;
  #note = "";
  #drawn = false;
  #stopped = false;

  /** Starts the clock; nothing is written before the first `update()`. */
  constructor(options: ProgressOptions) {
    this.#options = {
      unit: "items",
      start: 0,
      interval: 5,
      bar: options.bar ??
        (Deno.stderr.isTerminal() && (environment("NO_COLOR") ?? "") === ""),
      write: (text) => writeText("stderr", text),
      now: () => performance.now(),
      ...options,
    };
    this.#done = this.#options.start;
    this.#total = options.total;
    this.#began = this.#options.now();
    this.#last = this.#began - (this.#options.bar ? REDRAW_MS : 0);
  }

  /** Sets the amount done (absolute, not added), a note shown behind it and, where it was not known before, a new total. */
  update(done: number, note = "", total?: number): void {
    if (this.#stopped) return;
    [this.#done, this.#note, this.#total] = [done, note, total ?? this.#total];
    const wait = this.#options.bar ? REDRAW_MS : this.#options.interval * 1000;
    if (this.#options.now() - this.#last >= wait) this.#draw();
  }

  /** Shows the last state and ends the line. */
  stop(): void {
    if (this.#stopped) return;
    this.#draw();
    if (this.#options.bar) this.#options.write("\n");
    this.#stopped = true;
  }

  /** Removes the bar so that a message can be written; the next `update()` brings it back. */
  clear(): void {
    if (this.#drawn && this.#options.bar) this.#options.write("\r\x1b[K");
    this.#drawn = false;
  }

  #draw(): void {
    const { unit, start, bar, now, write } = this.#options;
    const [done, total] = [this.#done, this.#total];
    this.#last = now();
    const seconds = (this.#last - this.#began) / 1000;
    const rate = seconds > 0 ? (done - start) / seconds : 0;
    const fraction = total > 0 ? Math.min(1, done / total) : 1;
    const parts = [`${done}/${total} ${unit}`];
    if (rate > 0) {
      parts.push(`${rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2)}/s`);
    }
    if (rate > 0 && done < total) {
      parts.push(`${clock((total - done) / rate)} left`);
    }
    if (this.#note !== "") parts.push(this.#note);
    const text = parts.join(", ");
    if (bar) {
      const filled = Math.round(fraction * BAR_CELLS);
      write(
        `\r\x1b[K[${clock(seconds)}] [${"#".repeat(filled)}${"-".repeat(BAR_CELLS - filled)}] ${text}`,
      );
    } else {
      write(`[${clock(seconds)}] ${Math.floor(fraction * 100)} % ${text}\n`);
    }
    this.#drawn = true;
  }
}
