/** `deno task test:browser`: the doctor's report, and notebooks as pages, in a real Chromium. */
import { checkPages, findPages } from "../tests/browser/check_pages.ts";
import { checkReport, findChromium } from "../tests/browser/check_report.ts";
import { runTask, say, type TaskSpec, UsageError } from "./_cli.ts";

const SPEC: TaskSpec = {
  name: "test:browser",
  summary:
    `Opens the doctor's report in a real Chromium and checks that it loads without a network and without a word on the
console, that the keyboard reaches everything, and that everyone can tell what it shows. Then opens the notebooks' pages that
deno task notebooks wrote, if there are any: every figure drawn, every image shown, no network, no word on the console.

The last line is "N passed, N failed"; the exit code is 1 when a check fails, 2 when there is no browser.`,
  usage: "deno task test:browser [options]",
  options: [
    { flag: "report", value: "FILE.html", help: "report to check; one with everything in it is made when left out" },
    { flag: "pages", value: "DIR", default: "output/notebooks", help: "folder with notebooks as pages" },
    {
      flag: "screenshots",
      value: "DIR",
      help:
        "write pictures of the report, in several kinds of colour vision, a PDF of it, and a picture of each notebook",
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
  const screenshots = args.optionalText("screenshots"), folder = args.text("pages"), paths = await findPages(folder);
  if (paths.length === 0 && args.given("pages")) {
    throw new UsageError(`Cannot check pages: ${folder} has no .html file`);
  }
  const report = await checkReport({ browser, say, report: args.optionalText("report"), screenshots });
  if (paths.length === 0) say(`No notebook was looked at: ${folder} has no page; deno task notebooks writes them.`);
  const pages = paths.length === 0 ? { passed: 0, failed: 0 } : await checkPages({ browser, paths, screenshots, say });
  const passed = report.passed + pages.passed, failed = report.failed + pages.failed;
  say(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
});
