import { arrayVectors } from "@/identity/mod.ts";
import { FixedRows } from "@/separation/_fixed_rows.ts";
import { CHUNK_ROWS } from "@/separation/_row_store.ts";
import { unitRows } from "@/similarity/mod.ts";
import assert from "node:assert/strict";

Deno.test("FixedRows reads all rows by chunks, and only once where they are few", () => {
  const count = CHUNK_ROWS + 5, data = Float32Array.from({ length: 2 * count }, (_, i) => i % 7 - 3.5);
  const rows = unitRows(arrayVectors(data, 2, "many"));
  for (const [cacheBytes, reads] of [[8 * count, 2], [8 * count - 1, 4]] as const) {
    let read = 0;
    const fixed = new FixedRows({
      ...rows,
      block(from, to) {
        read++;
        return rows.block(from, to);
      },
    }, cacheBytes);
    for (let pass = 0; pass < 2; pass++) {
      const chunks = [...fixed.chunks()];
      assert.deepEqual(chunks.map(({ from, inverse }) => [from, inverse.length]), [[0, CHUNK_ROWS], [CHUNK_ROWS, 5]]);
      assert.deepEqual(chunks[1]!.rows, rows.block(CHUNK_ROWS, count));
    }
    assert.equal(read, reads);
  }
});
