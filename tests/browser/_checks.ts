/** What a report must be in a real browser: whole without a network, usable by keyboard, readable by everyone. */
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import type { Page } from "./_chromium.ts";

/** A check: throws when the page fails it. */
export interface Check {
  readonly name: string;
  readonly run: (page: Page) => Promise<void>;
}

/** Fails a check unless something holds. */
export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Runs checks one after the other, with a line for each. */
export async function runChecks(
  page: Page,
  checks: readonly Check[],
  say: (line: string) => void,
): Promise<{ passed: number; failed: number }> {
  let [passed, failed] = [0, 0];
  for (const { name, run } of checks) {
    try {
      await run(page);
      passed++;
      say(`ok      ${name}`);
    } catch (error) {
      failed++;
      say(`FAILED  ${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { passed, failed };
}

/** Kinds of colour vision that are looked at, and none. */
export const VISIONS = ["none", "protanopia", "deuteranopia", "tritanopia", "achromatopsia"] as const;

/** Mean difference of two images of one size, 0..255. */
async function difference(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [x, y] = await Promise.all([a, b].map((png) => sharp(png).removeAlpha().resize(32, 32).raw().toBuffer()));
  return x!.reduce((sum, value, k) => sum + Math.abs(value - y![k]!), 0) / x!.length;
}

/** What every page must be that says it opens offline; `page.events` is looked at as far as it goes. */
export const QUIET_CHECKS: readonly Check[] = [
  {
    name: "asks no network for anything",
    async run(page) {
      const asked = page.events.filter(({ method }) => method === "Network.requestWillBeSent")
        .map(({ params }) => params.request.url as string).filter((url) => !/^(file|data|blob|about):/.test(url));
      demand(asked.length === 0, `asked for ${asked.join(", ")}`);
      await Promise.resolve();
    },
  },
  {
    name: "says nothing on the console",
    async run(page) {
      const said = page.events.flatMap(({ method, params }) => {
        if (method === "Runtime.exceptionThrown") return [params.exceptionDetails.exception?.description];
        if (method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(params.type)) {
          return [params.args.map((each: { value?: unknown }) => String(each.value)).join(" ")];
        }
        return method === "Log.entryAdded" && params.entry.level !== "verbose" ? [params.entry.text] : [];
      });
      demand(said.length === 0, said.join("; "));
      await Promise.resolve();
    },
  },
];

/** The checks of the report at a path, in order; the first opens it. */
export function reportChecks(path: string): Check[] {
  return [
    {
      name: "loads, draws every figure and shows every image",
      async run(page) {
        await page.resize(1280, 900);
        await page.go(pathToFileURL(path).href);
        const bad = await page.evaluate<string[]>(`(async () => {
          const bad = [];
          for (const figure of document.querySelectorAll(".figure")) {
            const svg = figure.querySelector("svg.main-svg");
            if (svg === null || svg.getBoundingClientRect().width < 100) bad.push(figure.id);
          }
          for (const image of document.images) {
            image.loading = "eager";
            try { await image.decode(); } catch { bad.push(image.alt); }
          }
          return bad;
        })()`);
        demand(bad.length === 0, `not shown: ${bad.join(", ")}`);
        demand(await page.evaluate("document.querySelectorAll('.figure').length > 0"), "there is no figure");
      },
    },
    ...QUIET_CHECKS,
    {
      name: "the first stop of the keyboard skips to the verdicts",
      async run(page) {
        await page.press("Tab");
        const [isSkip, left] = await page.evaluate<[boolean, number]>(
          "[document.activeElement.classList.contains('skip'), document.activeElement.getBoundingClientRect().left]",
        );
        demand(isSkip && left >= 0, `the first stop is not the link, or it cannot be seen at ${left}`);
        await page.press("Enter");
        const hash = await page.evaluate<string>("location.hash");
        demand(hash === "#verdicts", `Enter leads to "${hash}"`);
      },
    },
    {
      name: "every link, list, table and figure is a stop that can be seen",
      async run(page) {
        await page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges(); scrollTo(0, 0)");
        const wanted = await page.evaluate<number>(
          "document.querySelectorAll('nav a, summary, .scroll, .drawing').length",
        );
        const seen = new Set<number>();
        let stops = 0;
        for (; stops < 3 * wanted + 200; stops++) {
          await page.press("Tab");
          const [index, outlined] = await page.evaluate<[number, boolean]>(`(() => {
            const at = document.activeElement, style = getComputedStyle(at);
            const all = [...document.querySelectorAll('nav a, summary, .scroll, .drawing')];
            return [all.indexOf(at), at === document.body || style.outlineStyle !== "none"];
          })()`);
          demand(outlined, "a stop shows no outline");
          if (index >= 0) seen.add(index);
          if (seen.size === wanted) break;
        }
        // Tables in lists that are closed are no stops.
        const hidden = await page.evaluate<number>("document.querySelectorAll('details:not([open]) .scroll').length");
        demand(seen.size >= wanted - hidden, `${seen.size} of ${wanted - hidden} stops were reached`);
      },
    },
    {
      name: "a list opens by the keyboard",
      async run(page) {
        await page.evaluate("document.querySelector('summary').focus()");
        await page.press("Enter");
        demand(await page.evaluate("document.querySelector('details').open"), "it stays closed");
      },
    },
    {
      name: "is no wider than the window, from telephone to desktop",
      async run(page) {
        for (const width of [360, 768, 1280]) {
          await page.resize(width, 800);
          const wide = await page.evaluate<number>("document.scrollingElement.scrollWidth");
          demand(wide <= width, `${wide} pixels wide in a window of ${width}`);
        }
      },
    },
    {
      name: "text has a contrast of at least 4.5 to 1",
      async run(page) {
        const weak = await page.evaluate<string[]>(`(() => {
          const light = (color) => {
            const [r, g, b] = color.match(/[0-9.]+/g).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const weak = [];
          for (const element of document.querySelectorAll("body *:not(script):not(svg *)")) {
            const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
            if (!own || element.closest(".figure") !== null) continue;
            const ratio = 1.05 / (light(getComputedStyle(element).color) + 0.05);
            if (ratio < 4.5) weak.push(element.textContent.slice(0, 30) + " " + ratio.toFixed(2));
          }
          return weak;
        })()`);
        demand(weak.length === 0, weak.slice(0, 5).join("; "));
      },
    },
    {
      name: "grades are told apart in every kind of colour vision",
      async run(page) {
        const places = await page.evaluate<Record<string, { x: number; y: number; width: number; height: number }>>(
          `(() => {
          const places = {};
          for (const mark of document.querySelectorAll("td .mark")) {
            const { x, y, width, height } = mark.querySelector("svg").getBoundingClientRect();
            places[mark.classList[1]] ??= { x: x + scrollX, y: y + scrollY, width, height };
          }
          return places;
        })()`,
        );
        const grades = Object.keys(places);
        demand(grades.length >= 2, "there are not two grades to compare");
        for (const type of VISIONS) {
          await page.send("Emulation.setEmulatedVisionDeficiency", { type });
          const shots: Uint8Array[] = [];
          for (const grade of grades) shots.push(await page.screenshot(places[grade]!));
          for (let a = 0; a < shots.length; a++) {
            for (let b = 0; b < a; b++) {
              const apart = await difference(shots[a]!, shots[b]!);
              demand(apart > 20, `${grades[a]} and ${grades[b]} differ by ${apart.toFixed(1)} with ${type}`);
            }
          }
        }
        await page.send("Emulation.setEmulatedVisionDeficiency", { type: "none" });
      },
    },
    {
      name: "can be printed",
      async run(page) {
        const { data } = await page.send("Page.printToPDF", { printBackground: true });
        demand(Uint8Array.fromBase64(data).length > 20_000, "the printed page is empty");
      },
    },
  ];
}
