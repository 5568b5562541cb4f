/** Pauses in a pass that holds the thread. */

/** So long the thread is held at most, milliseconds. */
const HELD = 100;

/** Lets timers and messages in, so that an abort can be heard. */
export class Pause {
  #last = performance.now();

  /** Pauses when the last pause was long ago. */
  async now(): Promise<void> {
    if (performance.now() - this.#last < HELD) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#last = performance.now();
  }
}
