/** Notebooks as pages (`deno task notebooks`) in a real Chromium that is cut off from all networks. */
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Check, demand, QUIET_CHECKS, runChecks } from "./_checks.ts";
import { Page } from "./_chromium.ts";

/** What {@linkcode checkPages} is told. */
export interface CheckPagesOptions {
  /** Path of the browser. */
  readonly browser: string;
  /** The pages. */
  readonly paths: readonly string[];
  /** Folder for pictures of the pages. */
  readonly screenshots?: string | undefined;
  /** Takes a line for each check. */
  readonly say: (line: string) => void;
}

/** Paths of the pages in a folder, in order; none when there is no folder. */
export async function findPages(folder: string): Promise<string[]> {
  try {
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    return names.filter((name) => name.endsWith(".html")).sort().map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function checksOf(path: string): Check[] {
  const checks: Check[] = [
    {
      name: "draws every figure, shows every image",
      async run(page) {
        page.events.length = 0; // what the page before it said
        await page.resize(1280, 900);
        await page.go(pathToFileURL(path).href);
        const bad = await page.evaluate<string[]>(`(async () => {
          const bad = [];
          for (const figure of document.querySelectorAll("[data-figure]")) {
            const box = figure.querySelector("svg.main-svg")?.getBoundingClientRect();
            if (box === undefined || box.width < 100 || box.height < 100) bad.push(figure.dataset.figure);
          }
          for (const image of document.images) {
            try { await image.decode(); } catch { bad.push(image.src.slice(0, 60)); }
          }
          return bad;
        })()`);
        demand(bad.length === 0, `not shown: ${bad.join(", ")}`);
      },
    },
    ...QUIET_CHECKS,
  ];
  return checks.map(({ name, run }) => ({ name: `${basename(path)} ${name}`, run }));
}

/** Opens pages and checks them; gives how many checks passed and failed. */
export async function checkPages(options: CheckPagesOptions): Promise<{ passed: number; failed: number }> {
  const { browser, paths, screenshots, say } = options;
  const sum = { passed: 0, failed: 0 };
  await using page = await Page.open(browser);
  for (const path of paths) {
    const { passed, failed } = await runChecks(page, checksOf(await Deno.realPath(path)), say);
    sum.passed += passed;
    sum.failed += failed;
    if (screenshots === undefined) continue;
    await Deno.mkdir(screenshots, { recursive: true });
    await Deno.writeFile(join(screenshots, `${basename(path, ".html")}.png`), await page.screenshot());
  }
  return sum;
}
