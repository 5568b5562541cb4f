/** `deno task generate:reference` with networks that need no weights; SLOW=1 takes its time. */
import { runTask } from "../../tasks/_cli.ts";
import { SPEC } from "../../tasks/generate_reference.ts";
import { fakeMain } from "./_reference.ts";

await runTask(SPEC, fakeMain(Deno.env.get("SLOW") === "1" ? 200 : 0));
