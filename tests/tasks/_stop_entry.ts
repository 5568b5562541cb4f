/** A task that works until it is stopped: run by _cli_test.ts. */
import { runTask, say } from "../../tasks/_cli.ts";

await runTask(
  { name: "wait", summary: "Waits.", usage: "wait", options: [], examples: [] },
  async (_args, signal) => {
    say("ready");
    try {
      for (let i = 0; i < 3000; i++) {
        signal.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } finally {
      say("closed");
    }
  },
);
