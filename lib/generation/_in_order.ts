/** Things that end in any order, handed on in the order in which they began. */

/** Keeps what came too early. */
export class InOrder<T> {
  readonly #waiting = new Map<number, T>();
  #next = 0;

  /**
   * Takes one in.
   *
   * @param index Its place, 0 and up, each once.
   * @param value The thing.
   * @returns Those whose turn it is, in order.
   */
  add(index: number, value: T): T[] {
    this.#waiting.set(index, value);
    const ready: T[] = [];
    for (; this.#waiting.has(this.#next); this.#next++) {
      ready.push(this.#waiting.get(this.#next)!);
      this.#waiting.delete(this.#next);
    }
    return ready;
  }

  /** What still waits for an earlier one, in order; nothing is kept. */
  rest(): T[] {
    const rest = [...this.#waiting].sort(([a], [b]) => a - b).map(([, value]) => value);
    this.#waiting.clear();
    return rest;
  }
}
