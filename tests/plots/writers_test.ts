import assert from "node:assert/strict";
import sharp from "sharp";
import { jupyterDisplay } from "@/images/mod.ts";
import {
  cosineHistogramFigure,
  embedPlotly,
  type Figure,
  figureHtml,
  figurePng,
  figureSvg,
  scaleFigure,
  separabilityFigure,
  showFigure,
} from "@/plots/mod.ts";
import { addShims } from "../../lib/plots/_shims.ts";
import { bell, fallingSet } from "./_sets.ts";
import { overlaps, readSvg } from "./_svg.ts";

const SETS = [
  fallingSet("mini: input vectors", 1e-5),
  fallingSet("mini: centres of generated images, eight of each identity", 1e-4),
  fallingSet("a < b & c", 3e-4),
];
const FIGURES: [string, Figure][] = [
  ["separability with reference", separabilityFigure(SETS, { reference: true, thresholds: [0.4] })],
  ["separability at two thresholds", separabilityFigure(SETS)],
  ["reference alone", separabilityFigure([], { reference: true })],
  ["separability, page wide", separabilityFigure(SETS, { reference: true, width: "page" })],
  ["enlarged", scaleFigure(separabilityFigure(SETS, { reference: true, thresholds: [0.4] }), 1.75)],
  ["one set of one prefix", separabilityFigure([{ ...fallingSet("one", 1e-4, [0.4]), prefixes: [1000] }])],
  [
    "cosines, thresholds beyond the data",
    cosineHistogramFigure([{ name: "sphere", histogram: bell(0, 0.044) }], {
      thresholds: [-0.3, 0.3, 0.35, 0.4],
      scale: "log",
    }),
  ],
  [
    "cosines, three thresholds",
    cosineHistogramFigure(SETS.map(({ name }, k) => ({ name, histogram: bell(k / 10, 0.1) })), {
      thresholds: [0.3, 0.4, 0.5],
      scale: "log",
    }),
  ],
];

interface Titled {
  readonly title?: { readonly text: string };
}

/** The part of a layout that the tests ask for. */
interface Texts {
  readonly xaxis: { readonly title: { readonly text: string }; readonly ticktext: readonly string[] };
  readonly yaxis: Texts["xaxis"];
  readonly annotations: readonly { readonly text: string }[];
  readonly legend?: Titled;
  readonly legend2?: Titled;
}

/** Every text that a reader should find. */
function expectedTexts({ data, layout }: Figure): string[] {
  const { xaxis, yaxis, annotations, legend, legend2 } = layout as unknown as Texts;
  const names = data.filter((trace) => trace.showlegend !== false).map((trace) => trace.name!.replaceAll("<br>", " "));
  const decoded = names.map((name) => name.replaceAll("&lt;", "<").replaceAll("&amp;", "&"));
  const texts = [...decoded, ...annotations.map((each) => each.text), xaxis.title.text, yaxis.title.text];
  return [
    ...texts,
    ...xaxis.ticktext,
    ...yaxis.ticktext,
    ...[legend, legend2].flatMap((each) => each?.title?.text ?? []),
  ];
}

Deno.test.each(FIGURES)("figureSvg() shows every text inside the picture and apart: %s", async (_what, figure) => {
  const svg = await figureSvg(figure);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  assert.doesNotMatch(svg.replaceAll("http://www.w3.org/", ""), /https?:/);
  const { width, height, texts, title } = readSvg(svg);
  assert.deepEqual([width, height], [figure.layout.width, figure.layout.height]);
  assert.equal(title, figure.description);
  assert.deepEqual(texts.map((each) => each.text).sort(), expectedTexts(figure).sort());
  for (const { text, left, right, top, bottom } of texts) {
    const inside = left >= 0 && right <= width && top >= 0 && bottom <= height;
    assert.ok(inside, `"${text}" lies at ${[left, right, top, bottom]} in ${width} x ${height}`);
  }
  assert.deepEqual(overlaps(texts), []);
});

Deno.test.each(FIGURES)("figurePng() draws nothing up to the edge of the picture: %s", async (_what, figure) => {
  const { data, info } = await sharp(await figurePng(figure, { scale: 1 })).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [figure.layout.width, figure.layout.height]);
  const white = (x: number, y: number) => data[(y * info.width + x) * info.channels] === 255;
  for (let x = 0; x < info.width; x++) assert.ok(white(x, 0) && white(x, info.height - 1), `column ${x}`);
  for (let y = 0; y < info.height; y++) assert.ok(white(0, y) && white(info.width - 1, y), `row ${y}`);
});

Deno.test("figurePng() has the size that is asked for", async () => {
  const figure = FIGURES[0]![1];
  const { width, height, format } = await sharp(await figurePng(figure, { scale: 2.5 })).metadata();
  assert.deepEqual([width, height], [840, Math.round(figure.layout.height * 2.5)]);
  assert.equal(format, "png");
});

Deno.test("figurePng() refuses a scale of nothing or too much", async () => {
  const figure = FIGURES[0]![1];
  for (const scale of [0, -1, NaN, 1000]) {
    await assert.rejects(figurePng(figure, { scale }), { name: "RangeError", message: /at scale .* pixels a side/ });
  }
});

Deno.test("figureSvg() gives the same text for the same figure, and clip paths of their own to others", async () => {
  const [first, second] = [FIGURES[0]![1], FIGURES[1]![1]];
  const svg = await figureSvg(first);
  const other = await figureSvg(second);
  assert.equal(await figureSvg(structuredClone(first)), svg);
  const names = (text: string) => [...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
  assert.ok(names(svg).length > 0);
  assert.deepEqual(names(svg).filter((name) => names(other).includes(name)), []);
});

Deno.test("figureSvg() is as large as asked for, with the same drawing", async () => {
  const figure = FIGURES[0]![1];
  const [one, two] = [await figureSvg(figure), await figureSvg(figure, { zoom: 2 })];
  assert.match(one, /^<svg [^>]*width="252pt"/);
  assert.match(two, /^<svg [^>]*width="504pt"/);
  assert.equal(two.slice(two.indexOf("viewBox")), one.slice(one.indexOf("viewBox")));
  await assert.rejects(figureSvg(figure, { zoom: 0 }), { name: "RangeError", message: /0 times as large/ });
});

Deno.test("figureSvg() draws a marker for each published point and each prefix", async () => {
  const figure = separabilityFigure(SETS.slice(0, 1), { reference: true, thresholds: [0.4] });
  assert.equal(readSvg(await figureSvg(figure)).count(".scatterlayer .points path"), 11 + 20);
});

Deno.test("figureHtml() embedded asks the network for nothing", async () => {
  const page = await figureHtml(FIGURES[0]![1]);
  assert.ok(page.length > 1e6);
  assert.doesNotMatch(page.replace(/<script>\/\*\*[\s\S]*?<\/script>/, ""), /https?:|\ssrc=|\shref=|@import/);
  assert.doesNotMatch(page, /<script[^>]+src|<link|<iframe/);
  assert.equal(page.match(/<\/script>/g)?.length, 2);
});

Deno.test("figureHtml() holds the figure, larger by the zoom, and names that look like markup do no harm", async () => {
  const figure = separabilityFigure([{ ...SETS[0]!, name: "</script><b>x" }], { thresholds: [0.4] });
  const page = await figureHtml(figure, { plotlyFrom: "cdn", zoom: 3 });
  assert.equal(page.match(/<\/script>/g)?.length, 2);
  assert.doesNotMatch(page, /<b>/);
  assert.match(page, /<script src="https:\/\/cdn\.plot\.ly\/plotly-cartesian-[\d.]+\.min\.js">/);
  const json = /const figure = (.*);\n/.exec(page)![1]!;
  const { data, layout } = JSON.parse(json);
  assert.equal(layout.width, 3 * 336);
  assert.deepEqual(data[1].y, SETS[0]!.separated[1]);
});

Deno.test("figureHtml() names the plotly.js that the package has", async () => {
  const page = await figureHtml(FIGURES[0]![1]);
  const version = /plotly\.js \(cartesian - minified\) v([\d.]+)/.exec(page)?.[1];
  const small = await figureHtml(FIGURES[0]![1], { plotlyFrom: "cdn" });
  assert.ok(small.includes(`plotly-cartesian-${version}.min.js`), version);
});

Deno.test("figureHtml() draws itself in a page", async () => {
  const { JSDOM } = await import("jsdom");
  const page = await figureHtml(FIGURES[0]![1], { zoom: 1.5 });
  const { window } = new JSDOM(page, { runScripts: "dangerously", beforeParse: addShims });
  for (let wait = 0; window.document.querySelectorAll(".scatterlayer .trace").length === 0; wait++) {
    assert.ok(wait < 200, "nothing is drawn");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(window.document.querySelectorAll(".scatterlayer .trace").length, 12);
  assert.equal(window.document.querySelector(".main-svg").getAttribute("width"), "504");
});

Deno.test("scaleFigure() scales style, not data", () => {
  const bars = {
    type: "bar",
    x: [1, 2],
    width: [3, 4],
    marker: { size: [5, 6], line: { width: 1, dash: "1.5px,2px" } },
  };
  const layout = { width: 100, height: 50, xaxis: { range: [1, 2], tickvals: [7], tickfont: { size: 8 }, ticklen: 3 } };
  const { data, layout: large } = scaleFigure({ data: [bars], layout, description: "" }, 2);
  assert.deepEqual(data[0], { ...bars, marker: { size: [10, 12], line: { width: 2, dash: "3px,4px" } } });
  const xaxis = { range: [1, 2], tickvals: [7], tickfont: { size: 16 }, ticklen: 6 };
  assert.deepEqual(large, { width: 200, height: 100, xaxis });
  assert.throws(() => scaleFigure({ data: [], layout, description: "" }, 0), RangeError);
});

Deno.test("showFigure() offers plotly's JSON, a page with a picture for those without scripts, SVG, and text", async () => {
  const figure = FIGURES[0]![1];
  const bundle = await showFigure(figure, { zoom: 1 })[jupyterDisplay]();
  assert.deepEqual(Object.keys(bundle), [
    "application/vnd.plotly.v1+json",
    "text/html",
    "image/svg+xml",
    "text/plain",
  ]);
  const content = bundle["application/vnd.plotly.v1+json"] as Figure;
  assert.deepEqual(content.data.map((trace) => trace.y), figure.data.map((trace) => trace.y));
  assert.equal(readSvg(bundle["image/svg+xml"] as string).width, 336);
  const png = /src="data:image\/png;base64,([^"]+)"/.exec(bundle["text/html"] as string)![1]!;
  assert.equal((await sharp(Uint8Array.fromBase64(png)).metadata()).width, 672);
  assert.equal(bundle["text/plain"], figure.description);
  assert.deepEqual(await showFigure(figure, { zoom: 1 })[jupyterDisplay](), bundle);
});

Deno.test("showFigure() replaces the picture when plotly.js is there, and loads it once when it is not", async () => {
  const { JSDOM } = await import("jsdom");
  const html = (await showFigure(FIGURES[0]![1])[jupyterDisplay]())["text/html"] as string;
  const script = /<script>([\s\S]*)<\/script>/.exec(html)![1]!;

  const { window } = new JSDOM(html, { runScripts: "outside-only" });
  window.eval(
    `var drawn = []; var Plotly = { newPlot: (place, data) => drawn.push([place.children.length, data.length]) };`,
  );
  window.eval(script);
  assert.deepEqual([...window.drawn].map((each) => [...each]), [[0, 12]]);

  const { window: bare } = new JSDOM(html, { runScripts: "outside-only" });
  bare.eval(script);
  bare.eval(script);
  assert.equal(bare.document.querySelectorAll("head script").length, 1);
  assert.equal(bare.document.querySelectorAll("img").length, 1);
});

Deno.test("embedPlotly() puts plotly.js into the page", async () => {
  const { JSDOM } = await import("jsdom");
  const html = (await embedPlotly()[jupyterDisplay]())["text/html"] as string;
  assert.match(html, /^<script>[\s\S]*window\.Plotly = Plotly;[\s\S]*<\/script>$/);
  assert.equal(new JSDOM(html).window.document.querySelectorAll("script").length, 1);
});
