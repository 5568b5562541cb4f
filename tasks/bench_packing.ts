/** `deno task bench:packing`: time and peak memory of packing by number of rows, and what 100,000 take. */
import { benchPacking, packingForecast, packingTable } from "../tests/bench/packing_report.ts";
import { checkInputs, note, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "bench:packing",
  summary:
    "Measures time and peak memory of packing by number of rows, and tells what 100,000 rows take at these rates.",
  usage: "deno task bench:packing [options]",
  options: [
    { flag: "sizes", value: "N,N", default: "5000,10000,20000", help: "numbers of rows, ascending" },
    { flag: "width", value: "D", default: 512, help: "width of a row" },
    {
      flag: "steps",
      value: "N",
      default: 3,
      help: "steps of the descent; 1 ends after it, for the peak memory of many rows",
    },
    { flag: "threads", value: "N", default: 0, help: "threads of the products; 0 lets the runtime choose" },
    { flag: "json", help: "print JSON in place of the table" },
  ],
  examples: ["deno task bench:packing", "deno task bench:packing --sizes 100000 --steps 1"],
};

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const width = args.integer("width", { min: 2, max: 65536 });
  const runs = await checkInputs(() =>
    benchPacking({
      sizes: args.optionalNumbers("sizes", { min: 2, max: 1e6, integer: true })!,
      width,
      steps: args.integer("steps", { min: 1, max: 300 }),
      threads: args.integer("threads", { min: 0, max: 1024 }),
      onRun: (rows) => note(`packing ${rows} rows`),
      signal,
    })
  );
  if (args.flag("json")) say(JSON.stringify({ runs, forecast: packingForecast(runs) ?? null }, null, 2));
  else for (const line of packingTable(runs, width)) say(line);
};

if (import.meta.main) await runTask(SPEC, main);
