/** `deno task bench [part]`: measures one part of the project, beside a peer where there is one. */
import { runTask, type TaskMain, type TaskSpec } from "./_cli.ts";

/** Parts by name; each is also a task, `bench:NAME`, but the first, which is measured when none is named. */
const PARTS: Readonly<Record<string, () => Promise<{ readonly SPEC: TaskSpec; readonly main: TaskMain }>>> = {
  operations: () => import("./bench_operations.ts"),
  attrop: () => import("./bench_attrop.ts"),
  evaluation: () => import("./bench_evaluation.ts"),
  lmdb: () => import("./bench_lmdb.ts"),
  metrics: () => import("./bench_metrics.ts"),
  packing: () => import("./bench_packing.ts"),
  separability: () => import("./bench_separability.ts"),
};

const [first = ""] = Deno.args, named = Object.hasOwn(PARTS, first);
const { SPEC, main } = await PARTS[named ? first : "operations"]!();
await runTask(SPEC, main, { skip: named ? 1 : 0 });
