/** `deno task walk` with a network that needs no weights, run by walk_test.ts. */
import { runTask } from "../../tasks/_cli.ts";
import { SPEC, walkMain } from "../../tasks/walk.ts";
import { fakeGenerator } from "../generation/_fake.ts";

await runTask(
  SPEC,
  walkMain(() => Promise.resolve(fakeGenerator({ width: 512 }))),
);
