/**
 * The doctor's report in a real Chromium: makes one of a made-up data set with every kind of defect, beside a clean one and
 * against a reference, opens it without a network, and checks it.
 */
import { openDataset } from "@/datasets/mod.ts";
import {
  examineAgainst,
  examineSet,
  makeReport,
  makeStrips,
  measureSet,
  parseConditions,
  reportPage,
  writeImageFiles,
} from "@/doctor/mod.ts";
import { imageProfiler } from "@/metrics/mod.ts";
import { CLEAN, DEFECTS, pose, quality, recogniser, writeFaces } from "../doctor/_faces.ts";
import { reportChecks, runChecks, VISIONS } from "./_checks.ts";
import { Page } from "./_chromium.ts";

export { findChromium } from "./_chromium.ts";

/** What {@linkcode checkReport} is told. */
export interface CheckReportOptions {
  /** Path of the browser. */
  readonly browser: string;
  /** Report to check; an example is made when it is left out. */
  readonly report?: string | undefined;
  /** Folder for pictures of the page. */
  readonly screenshots?: string | undefined;
  /** Takes a line for each check. */
  readonly say: (line: string) => void;
}

/** Writes a report with everything in it. */
async function makeExample(folder: string): Promise<string> {
  const settings = { threshold: 0.5, duplicate: 0.999 };
  await using stack = new AsyncDisposableStack();
  const measured = async (name: string, faces: typeof CLEAN, broken?: string) => {
    await writeFaces(`${folder}/${name}`, faces, broken);
    const work = `${folder}/work-${name}`;
    await Deno.mkdir(work);
    const dataset = stack.use(await openDataset(`${folder}/${name}`));
    const files = await writeImageFiles(work, dataset, imageProfiler({ recogniser, pose, quality }), {
      model: "tiles",
    });
    return stack.use(await measureSet(name, dataset, files, work, settings));
  };
  const defects = await measured("defects", DEFECTS, "000007/003.png");
  const clean = await measured("clean", CLEAN);
  const leftOut = [{ section: "Age", reason: "nobody estimates it" }];
  const findings = {
    set: await examineSet(defects, settings, leftOut),
    compare: await examineSet(clean, settings),
    against: await examineAgainst(defects, clean, { ...settings, images: true, paired: true }),
  };
  const context = {
    made: "for a test",
    recogniser: "tiles",
    pose: "tiles",
    quality: "tiles",
    threshold: "It was given.",
  };
  const report = makeReport(findings, context, parseConditions("consistency<0.9,mislabelled>0"));
  const path = `${folder}/report.html`;
  await Deno.writeTextFile(path, await reportPage(report, await makeStrips(defects, findings, clean)));
  return path;
}

/** The whole page in every kind of colour vision. */
async function takePictures(page: Page, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await page.resize(1280, 900);
  await page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = false)");
  for (const type of VISIONS) {
    await page.send("Emulation.setEmulatedVisionDeficiency", { type });
    await Deno.writeFile(`${folder}/report-${type}.png`, await page.screenshot());
  }
  await page.resize(360, 800);
  await page.send("Emulation.setEmulatedVisionDeficiency", { type: "none" });
  await Deno.writeFile(`${folder}/report-telephone.png`, await page.screenshot());
  const { data } = await page.send("Page.printToPDF", { printBackground: true });
  await Deno.writeFile(`${folder}/report.pdf`, Uint8Array.fromBase64(data));
}

/** Opens a report and checks it; gives how many checks passed and failed. */
export async function checkReport(options: CheckReportOptions): Promise<{ passed: number; failed: number }> {
  const { browser, report, screenshots, say } = options;
  const folder = await Deno.makeTempDir();
  let [passed, failed] = [0, 0];
  try {
    const path = report ?? await makeExample(folder);
    await using page = await Page.open(browser);
    ({ passed, failed } = await runChecks(page, reportChecks(await Deno.realPath(path)), say));
    if (screenshots !== undefined) await takePictures(page, screenshots);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return { passed, failed };
}
