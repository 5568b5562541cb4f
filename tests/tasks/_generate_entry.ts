/** `deno task generate` with a network that needs no weights, run by generate_test.ts; SLOW=1 takes its time. */
import { runTask } from "../../tasks/_cli.ts";
import { generateMain, SPEC } from "../../tasks/generate.ts";
import { fakeGenerator } from "../generation/_fake.ts";

const slow = Deno.env.get("SLOW") === "1";

await runTask(
  SPEC,
  generateMain(() => {
    const generator = fakeGenerator({ width: 512 });
    const { decode } = generator;
    generator.decode = async (vectors, masks) => {
      if (slow) await new Promise((resolve) => setTimeout(resolve, 20));
      return await decode(vectors, masks);
    };
    return Promise.resolve(generator);
  }),
);
