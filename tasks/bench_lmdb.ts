/** `deno task bench:lmdb`: records a second of training databases beside python-lmdb's. */
import { benchLmdb, lmdbTable } from "../tests/bench/lmdb_report.ts";
import { checkInputs, note, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "bench:lmdb",
  summary: "Measures how fast training databases are written and read, here and by python-lmdb, which also reads ours.",
  usage: "deno task bench:lmdb [options]",
  options: [
    { flag: "records", value: "N", default: 20_000, help: "records of a database" },
    { flag: "bytes", value: "N", default: 6000, help: "size of an image", unit: "bytes" },
    { flag: "python", value: "PATH", help: "interpreter with lmdb and msgpack; python3 is tried when left out" },
    { flag: "json", help: "print JSON in place of the table" },
  ],
  examples: ["deno task bench:lmdb", "deno task bench:lmdb --records 1000000 --bytes 1000 --json"],
};

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const report = await checkInputs(() =>
    benchLmdb({
      records: args.integer("records", { min: 1, max: 1e8 }),
      bytes: args.integer("bytes", { min: 1, max: 1e8 }),
      python: args.optionalText("python"),
      onRun: (what) => note(`measuring ${what}`),
      signal,
    })
  );
  if (args.flag("json")) say(JSON.stringify(report, null, 2));
  else for (const line of lmdbTable(report)) say(line);
};

if (import.meta.main) await runTask(SPEC, main);
