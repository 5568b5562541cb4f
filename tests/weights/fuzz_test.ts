import assert from "node:assert/strict";
import {
  describeWeights,
  itemBytes,
  openWeights,
  readNpy,
  readNpz,
  type StoredTensor,
  type WeightFile,
} from "@/weights/mod.ts";
import { EXPECTED, fixture, TempDir } from "./_fixtures.ts";

const CASES = 4_000;
const SEEDS = [
  ...Object.keys(EXPECTED),
  "full_model.pth",
].map((name) => ({
  name,
  bytes: Deno.readFileSync(fixture(name)),
}));

/** Linear congruential generator (Numerical Recipes): the same mutations every time. */
class Lcg {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  /** A whole number from 0 to n - 1. */
  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor(this.#state / 2 ** 32 * n);
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

const EXTREMES = [
  0,
  1,
  0x7f,
  0x80,
  0xff,
  0x7fff,
  0xffff,
  0x7fffffff,
  0x80000000,
  0xfffffffe,
  0xffffffff,
];

function mutate(input: Uint8Array, random: Lcg): Uint8Array {
  let out = input.slice();
  for (let n = 1 + random.below(4); n > 0 && out.length > 8; n--) {
    const at = random.below(out.length - 8);
    switch (random.below(8)) {
      case 0: // truncate
        out = out.slice(0, random.below(out.length));
        break;
      case 1: { // splice a piece of any file over this one
        const other = random.pick(SEEDS).bytes;
        const from = random.below(other.length);
        const piece = other.subarray(from, from + 1 + random.below(64));
        out.set(piece.subarray(0, out.length - at), at);
        break;
      }
      case 2: { // delete or repeat a piece
        const end = Math.min(out.length, at + 1 + random.below(32));
        const middle = random.below(2) === 0 ? [] : [...out.subarray(at, end), ...out.subarray(at, end)];
        out = Uint8Array.from([
          ...out.subarray(0, at),
          ...middle,
          ...out.subarray(end),
        ]);
        break;
      }
      case 3: // an extreme number
        new DataView(out.buffer).setUint32(at, random.pick(EXTREMES), true);
        break;
      case 4: { // digits of a text header
        const digit = out.findIndex((b, i) => i >= at && b >= 0x30 && b <= 0x39);
        if (digit >= 0) out[digit] = 0x30 + random.below(10);
        break;
      }
      default: // flip bits of a byte
        out[at]! ^= 1 << random.below(8);
    }
  }
  return out;
}

/** The errors that callers are told of; anything else is a defect. */
function isOurs(error: unknown): boolean {
  const known = error instanceof SyntaxError || error instanceof RangeError ||
    error instanceof TypeError;
  return known && error.message.startsWith("Cannot ");
}

function attempt<T>(what: string, action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    assert.ok(
      isOurs(error),
      `${what}: ${error instanceof Error ? error.stack : error}`,
    );
    return null;
  }
}

function checkTensor(
  what: string,
  file: WeightFile,
  tensor: StoredTensor,
  fileBytes: number,
): void {
  const bytes = tensor.shape.reduce((a, b) => a * b, itemBytes(tensor.dtype));
  const inFile = tensor.encoding === "deflated" ? 0 : tensor.byteLength;
  assert.ok(
    tensor.offset >= 0 && tensor.offset + inFile <= fileBytes,
    `${what}: ${tensor.name} is outside`,
  );
  assert.ok(
    bytes <= Math.max(fileBytes * 1032, 2 ** 25),
    `${what}: ${bytes} bytes are claimed`,
  );
  const raw = attempt(what, () => file.readRaw(tensor.name));
  if (raw !== null) assert.equal(raw.length, bytes, what);
}

Deno.test("openWeights() opens or refuses damaged files and never does anything else", () => {
  using dir = new TempDir();
  const random = new Lcg(20250219);
  const path = dir.file("fuzz");
  let opened = 0;
  for (let i = 0; i < CASES; i++) {
    const seed = SEEDS[i % SEEDS.length]!;
    const content = mutate(seed.bytes, random);
    Deno.writeFileSync(path, content);
    const what = `case ${i} of ${seed.name}`;
    if (seed.name.endsWith(".npy")) attempt(what, () => readNpy(path));
    if (seed.name.endsWith(".npz")) attempt(what, () => readNpz(path));
    const file = attempt(what, () => openWeights(path));
    if (file === null) continue;
    opened++;
    attempt(what, () => describeWeights(file));
    for (const tensor of file.tensors.values()) {
      checkTensor(what, file, tensor, content.length);
    }
  }
  // Many mutations hit values, which are as good as any; some must hit structure.
  assert.ok(
    opened > CASES / 20 && opened < CASES * 0.9,
    `${opened} of ${CASES} opened`,
  );
});
