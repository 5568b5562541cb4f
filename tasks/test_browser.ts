/** `deno task test:browser`: the doctor's report in a real Chromium. */
import { checkReport, findChromium } from "../tests/browser/check_report.ts";
import { runTask, say, type TaskSpec, UsageError } from "./_cli.ts";

const SPEC: TaskSpec = {
  name: "test:browser",
  summary:
    `Opens the doctor's report in a real Chromium and checks that it loads without a network and without a word on the
console, that the keyboard reaches everything, and that everyone can tell what it shows.

The last line is "N passed, N failed"; the exit code is 1 when a check fails, 2 when there is no browser.`,
  usage: "deno task test:browser [options]",
  options: [
    { flag: "report", value: "FILE.html", help: "report to check; one with everything in it is made when left out" },
    {
      flag: "screenshots",
      value: "DIR",
      help: "write pictures of the page, in several kinds of colour vision, and a PDF",
    },
  ],
  examples: [
    "deno task test:browser",
    "deno task test:browser --report output/doctor-faces/report.html --screenshots output/shots",
  ],
};

await runTask(SPEC, async (args) => {
  const browser = await findChromium();
  if (browser === undefined) {
    throw new UsageError(
      "Cannot check the report: there is no Chromium on the PATH, so nothing was checked. Install one (Debian: apt-get " +
        "install chromium), or name it in VEC2FACE_CHROMIUM",
    );
  }
  const { passed, failed } = await checkReport({
    browser,
    say,
    report: args.optionalText("report"),
    screenshots: args.optionalText("screenshots"),
  });
  say(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
});
