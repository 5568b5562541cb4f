/**
 * A block of rows that are settled together, with the result of settling them one by one.
 *
 * Each slot of the block holds a row's candidate: its first attempt that lies apart from all rows accepted so far.
 * Slots are accepted in order. Accepting one takes the candidates of later slots away that lie too close to it; those
 * slots draw further attempts, which are compared with everything accepted by then. So a candidate is only ever
 * refused for a row that is accepted before its own, as if rows had come one at a time, and most comparisons are
 * products of large blocks.
 */
import type { IdentitySampler } from "@/identity/mod.ts";
import { type Candidate, CandidateBatch, drawCandidate, exactCosine } from "./_candidate.ts";
import type { ConflictKernel, RowChunk } from "./_conflict_kernel.ts";
import type { FixedRows } from "./_fixed_rows.ts";
import type { RowStore } from "./_row_store.ts";

/** One row of the block. */
interface Slot {
  readonly row: number;
  /** Attempts drawn and decided, the candidate's included. */
  draws: number;
  /** The attempt that lies apart from all accepted rows. */
  candidate: Candidate | undefined;
  /** Slots of this block whose candidates lie too close to this one's. */
  readonly foes: Set<number>;
  /** Left out for good. */
  gone: boolean;
  /** Attempts refused one after the other. */
  streak: number;
}

/** What a block compares with. */
export interface Surroundings {
  readonly sampler: IdentitySampler;
  /** Whether refused rows are drawn again. */
  readonly redraws: boolean;
  readonly maxCosine: number;
  readonly kernel: ConflictKernel;
  /** Accepted rows. */
  readonly store: RowStore;
  /** Enrolled rows and rows made earlier. */
  readonly fixed: readonly FixedRows[];
  /** Most candidates of one comparison. */
  readonly blockRows: number;
  /** Called between comparisons; may throw. */
  readonly pause: () => Promise<void>;
}

/** Chunks from one pause to the next: some tenths of a second. */
const CHUNKS_A_PAUSE = 16;

/** Slots for rows from..to-1 of the sampler. */
export class Block {
  readonly #slots: Slot[];
  readonly #around: Surroundings;
  #head = 0;

  constructor(from: number, to: number, around: Surroundings) {
    this.#around = around;
    this.#slots = Array.from({ length: to - from }, (_, k) => ({
      row: from + k,
      draws: 0,
      candidate: undefined,
      foes: new Set<number>(),
      gone: false,
      streak: 0,
    }));
  }

  /** The first slot that is not settled, with its candidate if it has one; undefined when all are settled. */
  get head(): Readonly<Slot> | undefined {
    return this.#slots[this.#head];
  }

  /** Accepts the candidate of the first slot that is not settled, and goes on to the next slot. */
  accept(): Candidate {
    const slot = this.#slots[this.#head++]!, candidate = slot.candidate!;
    this.#around.store.push(candidate.vector, candidate.norm);
    for (const foe of [...slot.foes]) this.#refuse(foe);
    return candidate;
  }

  /** Goes on to the next slot without accepting. */
  skip(): void {
    this.#head++;
  }

  /** Draws attempts for slots without a candidate, in all at most `limit` for the first one, and compares them. */
  async fill(limit: number): Promise<void> {
    const { sampler, redraws, blockRows } = this.#around;
    const drawn: Candidate[] = [], owner: number[] = [];
    for (let s = this.#head; s < this.#slots.length && drawn.length < blockRows; s++) {
      const { row, draws, candidate, gone, streak } = this.#slots[s]!;
      if (candidate !== undefined || gone) continue;
      // What was refused often may be refused again: as many attempts as were refused before keep the products wide.
      const most = Math.min(Math.max(1, streak), blockRows - drawn.length);
      const count = s === this.#head ? Math.max(1, Math.min(most, limit - draws)) : most;
      for (let a = draws; a < draws + count; a++) {
        drawn.push(drawCandidate(sampler, row, a));
        owner.push(s);
      }
    }
    const batch = new CandidateBatch(drawn, sampler.width, sampler.name);
    const refused = await this.#refusedBatch(batch);
    const found: number[] = [];
    drawn.forEach((candidate, i) => {
      const slot = this.#slots[owner[i]!]!;
      if (slot.candidate !== undefined) return; // an earlier attempt of this batch fits
      slot.draws = candidate.attempt + 1;
      if (refused[i] === 0) {
        slot.candidate = candidate;
        slot.streak = 0;
        found.push(owner[i]!);
      } else {
        slot.streak++;
        slot.gone = !redraws;
      }
    });
    await this.#findFoes(found);
  }

  /** Tells which candidates lie too close to a fixed or an accepted row: 1 for those. */
  async #refusedBatch(batch: CandidateBatch): Promise<Uint8Array> {
    const { store, fixed, kernel, maxCosine, pause } = this.#around;
    const refused = new Uint8Array(batch.candidates.length);
    let chunks = 0;
    const take = (i: number) => {
      refused[i] = 1;
      return false;
    };
    for (const rows of fixed) {
      for (const chunk of rows.chunks()) {
        if (chunks++ % CHUNKS_A_PAUSE === 0) await pause();
        const exact = (i: number, j: number) => rows.source.exact(chunk.from + j, batch.rows, i);
        await kernel.forPairs(batch.units, chunk, maxCosine, exact, take);
      }
    }
    for (const chunk of store.chunks()) {
      if (chunks++ % CHUNKS_A_PAUSE === 0) await pause();
      const exact = (i: number, j: number) => exactCosine(batch.candidates[i]!, chunk.rows, j, chunk.norms[j]!);
      await kernel.forPairs(batch.units, chunk, maxCosine, exact, take);
    }
    return refused;
  }

  /** Compares the new candidates of slots with all candidates of the block. */
  async #findFoes(found: readonly number[]): Promise<void> {
    const { sampler: { width, name }, kernel, maxCosine } = this.#around;
    const others: number[] = [];
    for (let s = this.#head; s < this.#slots.length; s++) if (this.#slots[s]!.candidate !== undefined) others.push(s);
    if (found.length === 0 || others.length < 2) return;
    const candidateOf = (s: number) => this.#slots[s]!.candidate!;
    const chunk: RowChunk = {
      rows: new Float32Array(others.length * width),
      inverse: Float32Array.from(others, (s) => 1 / candidateOf(s).norm),
    };
    others.forEach((s, k) => chunk.rows.set(candidateOf(s).vector, k * width));
    const batch = new CandidateBatch(found.map(candidateOf), width, name);
    const exact = (i: number, j: number) => {
      const other = candidateOf(others[j]!);
      return exactCosine(batch.candidates[i]!, other.vector, 0, other.norm);
    };
    await kernel.forPairs(batch.units, chunk, maxCosine, exact, (i, j) => {
      const a = found[i]!, b = others[j]!;
      if (a !== b) {
        this.#slots[a]!.foes.add(b);
        this.#slots[b]!.foes.add(a);
      }
      return true;
    });
  }

  /** Takes a slot's candidate away. */
  #refuse(s: number): void {
    const slot = this.#slots[s]!;
    slot.candidate = undefined;
    slot.gone = !this.#around.redraws;
    for (const foe of slot.foes) this.#slots[foe]!.foes.delete(s);
    slot.foes.clear();
  }
}
