/** `deno task evaluate` with a network that needs no weights; NO_NETWORK=1 lets it fail when it is asked. */
import { evaluateMain, SPEC } from "../../tasks/evaluate.ts";
import { runTask } from "../../tasks/_cli.ts";
import { fakeLoader } from "./_datasets.ts";

await runTask(SPEC, evaluateMain(fakeLoader(Deno.env.get("NO_NETWORK") === "1" ? 1 : Infinity).load));
