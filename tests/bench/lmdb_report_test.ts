import assert from "node:assert/strict";
import { python } from "../datasets/_interop.ts";
import { benchLmdb, lmdbTable } from "./lmdb_report.ts";

Deno.test("benchLmdb() measures our side, and python-lmdb where it is there", async () => {
  const begun: string[] = [];
  const { rates, note } = await benchLmdb({ records: 120, bytes: 70_000, onRun: (what) => begun.push(what) });
  assert.deepEqual(rates.map(({ what }) => what), begun);
  assert.equal(rates.length, python ? 9 : 5);
  assert.equal(note === undefined, python !== undefined);
  for (const { what, perSecond, memory } of rates) {
    assert.ok(perSecond > 0 && Number.isFinite(perSecond), what);
    assert.equal(memory === null, what.startsWith("python-lmdb"));
  }
});

Deno.test("benchLmdb() throws TypeError when the interpreter that was asked for will not do", async () => {
  await assert.rejects(benchLmdb({ records: 1, bytes: 1, python: "no-such-interpreter" }), {
    name: "TypeError",
    message: 'Cannot time Python: "no-such-interpreter" is not there or cannot import lmdb, msgpack',
  });
});

Deno.test("benchLmdb() stops when its signal fires", async () => {
  const reason = new Error("enough");
  await assert.rejects(benchLmdb({ records: 1, bytes: 1, signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("lmdbTable() leaves Python's memory empty and says why it is not there", () => {
  const rates = [{ what: "write", perSecond: 1234.5, memory: 99e6 }, { what: "theirs", perSecond: 8, memory: null }];
  assert.deepEqual(lmdbTable({ records: 7, bytes: 6000, rates, note: "none" }), [
    "7 records of 6000 bytes",
    "        records/s  memory MB",
    "write        1235         99",
    "theirs          8",
    "python-lmdb was not measured: none",
  ]);
});
