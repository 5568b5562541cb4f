/**
 * Records a second of training databases, written and read here and by python-lmdb, as a table.
 *
 *     deno run --allow-all tests/bench/lmdb.ts [--records 20000] [--bytes 6000]
 *
 * Both write the layout of imagelist2lmdb.py: its loop in Python (map_async, a transaction each 5000 records), ours with
 * its usual transactions, each of which is on disk before the next, and with as large ones as Python's. The files are
 * in the page cache when they are read; random order is that of an epoch of training.
 */

import { parseArgs } from "@std/cli/parse-args";
import { say } from "../../tasks/_cli.ts";
import { epochOrder, openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
import { python, runTool } from "../datasets/_interop.ts";
import { withDir } from "../datasets/_paths.ts";

const flags = parseArgs(Deno.args, { string: ["records", "bytes"], default: { records: "20000", bytes: "6000" } });
const [records, size] = [Number(flags.records), Number(flags.bytes)];
const rows: [string, number, number][] = [];

async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  rows.push([name, records / seconds, Deno.memoryUsage().rss / 1e6]);
}

await withDir(async (dir) => {
  const bytes = crypto.getRandomValues(new Uint8Array(Math.min(size, 65536)));
  for (const commitEvery of [64, 5000]) {
    await timed(`write, ${commitEvery} a transaction`, async () => {
      await using writer = await openLmdbWriter(`${dir}/${commitEvery}.lmdb`, { commitEvery });
      for (let i = 0; i < records; i++) await writer.write({ label: Math.floor(i / 50), image: i % 50, bytes });
    });
  }
  await using reader = await openLmdb(`${dir}/64.lmdb`);
  await timed("open, all labels", () => Promise.resolve(reader.labels));
  await timed("read in order", async () => {
    for await (const _ of reader);
  });
  await timed("read in random order", async () => {
    for (const index of epochOrder(records, { seed: 1 })) await reader.get(index);
  });
  if (python) {
    const fill = JSON.parse(await runTool("fill", `${dir}/python.lmdb`, String(records), String(bytes.length)));
    rows.push(["python-lmdb: write", records / fill.seconds, NaN]);
    for (const name of ["python", "64"]) {
      const { seconds } = JSON.parse(await runTool("count", `${dir}/${name}.lmdb`));
      rows.push([`python-lmdb: read ${name === "64" ? "our file" : "its file"} in order`, records / seconds, NaN]);
    }
  }
});
say(`${records} records of ${size} bytes`);
say("| what | records/s | memory MB |\n|---|---:|---:|");
for (const [name, rate, memory] of rows) {
  say(`| ${name} | ${Math.round(rate)} | ${Number.isNaN(memory) ? "" : Math.round(memory)} |`);
}
if (!python) say("No Python here has lmdb and msgpack (Debian: python3-lmdb, python3-msgpack).");
