/** How far a download is, on stderr: a bar in a terminal, plain lines elsewhere. */
import { formatBytes, type HubProgress } from "@/hub/mod.ts";
import { clock, environment, writeText } from "./_progress.ts";

/** What the display needs from outside. */
export interface TransferDisplayOptions {
  /** Draw a bar. @default {stderr is a terminal and NO_COLOR is not set} */
  readonly bar?: boolean;
  /** Seconds between plain lines. @default {5} */
  readonly interval?: number;
  /** Where text goes. @default {stderr} */
  readonly write?: (text: string) => void;
  /** Milliseconds of a running clock. @default {performance.now} */
  readonly now?: () => number;
}

const BAR_CELLS = 24;
const REDRAW_MS = 100;

/** Shows the state of a download; redrawn by `update()`, which the download calls with every piece. */
export class TransferDisplay {
  readonly #options: Required<TransferDisplayOptions>;
  #last: number;
  #drawn = "";

  /** Starts the clock; nothing is written before the first `update()`. */
  constructor(options: TransferDisplayOptions = {}) {
    this.#options = {
      bar: options.bar ?? (Deno.stderr.isTerminal() && (environment("NO_COLOR") ?? "") === ""),
      interval: 5,
      write: (text) => writeText("stderr", text),
      now: () => performance.now(),
      ...options,
    };
    this.#last = this.#options.now();
  }

  /** Takes the news. */
  update(progress: HubProgress): void {
    const { bar, interval, now, write } = this.#options;
    if (now() - this.#last < (bar ? REDRAW_MS : interval * 1000)) return;
    this.#last = now();
    const { done, bytes } = progress;
    const part = bytes > 0 ? done / bytes : 1;
    const text = transferText(progress);
    if (bar) {
      const filled = Math.floor(part * BAR_CELLS);
      this.#drawn = `[${"#".repeat(filled)}${"-".repeat(BAR_CELLS - filled)}] ${text}`;
      write(`\r\x1b[K${this.#drawn}`);
    } else write(`${Math.floor(part * 100)} % ${text}\n`);
  }

  /** Removes the bar, at the end or before a message. */
  clear(): void {
    if (this.#drawn !== "") this.#options.write("\r\x1b[K");
    this.#drawn = "";
  }
}

/** State of a download in words: "120 MB of 697 MB, 32.0 MB/s, 0:18 left, receiving weights/x.pth". */
export function transferText({ file, phase, done, bytes, rate, secondsLeft }: HubProgress): string {
  const doing = {
    waiting: "waiting for another download of",
    checking: "checking",
    receiving: "receiving",
    done: "has",
  };
  const parts = [`${formatBytes(done)} of ${formatBytes(bytes)}`];
  if (rate > 0 && done < bytes) parts.push(`${formatBytes(rate)}/s`);
  if (secondsLeft !== undefined && done < bytes) parts.push(`${clock(secondsLeft)} left`);
  parts.push(`${doing[phase]} ${file}`);
  return parts.join(", ");
}
