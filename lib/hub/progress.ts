/** How far a download is, how fast, and how long it will take. */

/** What happens to a file. */
export type HubPhase = "waiting" | "checking" | "receiving" | "done";

/** How a file came to be where it is: it was there, it came, or it was damaged and came anew. */
export type HubArrival = "here" | "fetched" | "repaired";

/** State of a download, handed to a progress callback. */
export interface HubProgress {
  /** Path in the repository of the file that this is about. */
  readonly file: string;
  /** Waiting for another process, reading what is here, receiving, or done. */
  readonly phase: HubPhase;
  /** Bytes of this file that are here. */
  readonly fileDone: number;
  /** Length of this file. */
  readonly fileBytes: number;
  /** Bytes of all files that are here. */
  readonly done: number;
  /** Bytes of all files together. */
  readonly bytes: number;
  /** Bytes received a second, over the last seconds; 0 until it is known. */
  readonly rate: number;
  /** Seconds left at this rate; undefined until it is known. */
  readonly secondsLeft: number | undefined;
}

/** The rate is that of this time, in milliseconds. */
const WINDOW = 10_000;
/** Samples of it are this far apart at least. */
const SPACING = 200;

/** Keeps the account of several files. */
export class TransferAccount {
  readonly #files: { readonly name: string; readonly bytes: number; done: number; phase: HubPhase }[] = [];
  readonly #now: () => number;
  readonly #report: ((progress: HubProgress) => void) | undefined;
  #received = 0;
  #samples: { time: number; received: number }[] = [];

  /** Starts with no files. */
  constructor(now: () => number, report: ((progress: HubProgress) => void) | undefined) {
    [this.#now, this.#report] = [now, report];
  }

  /** Adds a file, of which `done` bytes are here, and returns the function that takes its news. */
  add(name: string, bytes: number, done: number): (phase: HubPhase, done: number, received?: number) => void {
    const file = { name, bytes, done, phase: "waiting" as HubPhase };
    this.#files.push(file);
    return (phase, now, received = 0) => {
      [file.phase, file.done] = [phase, now];
      this.#received += received;
      if (this.#report !== undefined) this.#report(this.#progressOf(file));
    };
  }

  #progressOf(
    { name, phase, done, bytes }: { name: string; phase: HubPhase; done: number; bytes: number },
  ): HubProgress {
    const [all, here] = this.#files.reduce(([all, here], file) => [all + file.bytes, here + file.done], [0, 0]);
    const rate = this.#rate();
    return {
      ...{ file: name, phase, fileDone: done, fileBytes: bytes, done: here, bytes: all, rate },
      secondsLeft: rate > 0 ? (all - here) / rate : undefined,
    };
  }

  #rate(): number {
    const time = this.#now();
    const samples = this.#samples;
    if (samples.length === 0 || time - samples.at(-1)!.time >= SPACING) {
      samples.push({ time, received: this.#received });
    }
    while (samples.length > 2 && time - samples[1]!.time >= WINDOW) samples.shift();
    const [first] = samples;
    const seconds = (time - first!.time) / 1000;
    return seconds > 0 ? Math.max(0, this.#received - first!.received) / seconds : 0;
  }
}
