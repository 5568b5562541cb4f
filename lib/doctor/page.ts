/**
 * The report as one page that opens offline: figures to zoom into, rows of images, verdicts in plain words. It asks the network
 * for nothing, and a policy in its head forbids it to.
 */
import { figureParts } from "@/plots/mod.ts";
import { drawFigures } from "./_figures.ts";
import { details, Html, mark, markup, type Part, table } from "./_html.ts";
import { STYLE } from "./_page_style.ts";
import {
  identitySection,
  labelSection,
  leftOutList,
  type PageParts,
  referenceSection,
  type Section,
  variationSection,
} from "./_sections.ts";
import { type Findings, MEASURES, measureText } from "./measures.ts";
import { publishedSets } from "./published_sets.ts";
import type { DoctorReport } from "./report.ts";
import type { StripSections } from "./strips.ts";

/** No network, nothing from elsewhere; plotly.js and its figures are in the page. */
const POLICY = "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; " +
  "base-uri 'none'; form-action 'none'";
/** Width of a figure's column on the page in that of paper. */
const ZOOM = 1.5;

/**
 * Writes the page.
 *
 * @param report The report.
 * @param strips Rows of images.
 * @returns HTML, 1.5 MB and about 25 KB for each row of images.
 *
 * @example A whole report
 * ```ts
 * import { arrayDataset } from "@/datasets/mod.ts";
 * import { examineSet, makeReport, makeStrips, measureSet, reportPage, writeImageFiles } from "@/doctor/mod.ts";
 * import { encodePng, filled } from "@/images/mod.ts";
 * import { imageProfiler } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const face = async (label: number, red: number) => ({ label, bytes: await encodePng(filled(8, 8, [red, 255 * label, 0])) });
 * const faces = arrayDataset(await Promise.all([face(0, 10), face(0, 60), face(1, 10), face(1, 90)]));
 * const embed = (x: Float32Array, n: number) =>
 *   Promise.resolve(Float32Array.from({ length: 2 * n }, (_, k) => x[192 * (k >> 1) + 64 * (k & 1)]!)); // red and green
 * const profiler = imageProfiler({ recogniser: { vectorSize: 2, imageSize: 8, embed } });
 * const folder = await Deno.makeTempDir(), settings = { threshold: 0.5 };
 * const files = await writeImageFiles(folder, faces, profiler, { model: "red and green" });
 * {
 *   using measured = await measureSet("faces", faces, files, folder, settings);
 *   const findings = { set: await examineSet(measured, settings) };
 *   const report = makeReport(findings, { made: "today", recogniser: "red and green", threshold: "It was given." });
 *   const page = await reportPage(report, await makeStrips(measured, findings));
 *   assert.match(page, /<h1>faces: data set report<\/h1>/);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function reportPage(report: DoctorReport, strips: StripSections): Promise<string> {
  const { findings, context } = report, { set, against, compare } = findings;
  const drawn = drawFigures(findings), names = [...drawn.keys()];
  const { script, elements } = await figureParts([...drawn.values()], { zoom: ZOOM });
  const figures = new Map(names.map((name, k) => [name, { figure: drawn.get(name)!, element: elements[k]! }]));
  const parts: PageParts = { report, strips, figures };
  const sections: Section[] = [
    { id: "verdicts", title: "Verdicts", content: verdictTable(report) },
    ...(report.conditions.length > 0
      ? [{ id: "conditions", title: "Conditions", content: conditionTable(report) }]
      : []),
    identitySection(parts),
    labelSection(parts),
    variationSection(parts),
    ...(against === undefined ? [] : [referenceSection(parts, against)]),
    { id: "numbers", title: "All numbers", content: numberTables(findings) },
    { id: "method", title: "Method", content: method(report) },
  ];
  const title = `${set.name}: data set report`;
  const counts = `${measureText(set.images, "whole")} images of ${measureText(set.identities, "whole")} identities`;
  const beside = [compare && ` beside ${compare.name}`, against && `, against ${against.name}`];
  const links = sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`);
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
${new Html(script)}
</head>
<body>
<a class="skip" href="#verdicts">Skip to the verdicts</a>
<header>
<h1>${title}</h1>
<p class="quiet">${counts}${beside}; seen by ${context.recogniser}; made ${context.made}</p>
<div class="overall ${report.overall.grade}">${mark(report.overall.grade)}<p>${report.overall.sentence}</p></div>
<nav aria-label="Sections"><ul>${links}</ul></nav>
</header>
<main>
${sections.map(sectionElement)}</main>
<noscript><p>Figures need JavaScript, which is in the page itself; everything else is readable without.</p></noscript>
</body>
</html>
`;
  return page.text;
}

function sectionElement({ id, title, content }: Section): Html {
  return markup`<section id="${id}" aria-labelledby="${id}-title" tabindex="-1">
<h2 id="${id}-title">${title}</h2>
${content}</section>
`;
}

function verdictTable({ verdicts, findings }: DoctorReport): Html {
  const { compare, set } = findings;
  const other = (name: string): readonly Part[] => {
    if (compare === undefined) return [];
    const measure = MEASURES.find((each) => each.name === name)!;
    return [measureText(measure.of({ set: compare }), measure.unit)];
  };
  return markup`<p>Verdicts are rules of thumb; their limits stand under each question. What they are based on is under
<a href="#method">Method</a>.</p>
${
    table(
      "Is this data set fit to train a recogniser on?",
      [
        ...["question", "verdict", compare === undefined ? "value" : set.name],
        ...(compare === undefined ? [] : [compare.name]),
        ...["what was found", "what to do"],
      ],
      verdicts.map(({ measure, question, grade, value, finding, advice, limits }) => [
        markup`${question}<br><span class="quiet">${limits}</span>`,
        mark(grade),
        value,
        ...other(measure),
        finding,
        advice === "" ? "–" : advice,
      ]),
    )
  }`;
}

function conditionTable({ conditions }: DoctorReport): Html {
  const units = new Map(MEASURES.map(({ name, unit }) => [name, unit]));
  return table(
    "Conditions that make the command fail",
    ["condition", "value", "outcome"],
    conditions.map((condition) => [
      markup`<code>${condition.text}</code>`,
      measureText(condition.value, units.get(condition.measure)!),
      condition.value === null ? "fails: it could not be measured" : condition.failed ? "fails" : "passes",
    ]),
  );
}

/** Every measure, of both sets, and published ones to read them beside. */
function numberTables(findings: Findings): Html {
  const { set, compare } = findings;
  const rows = MEASURES.flatMap(({ name, title, unit, of }): (readonly Part[])[] => {
    const values = [of(findings), ...(compare === undefined ? [] : [of({ set: compare })])];
    if (values.every((value) => value === undefined || value === null || !Number.isFinite(value))) return [];
    return [[title, markup`<code>${name}</code>`, ...values.map((value) => measureText(value, unit))]];
  });
  const published = publishedSets.rows.map((each) => [
    ...[each.name, measureText(each.uniqueness, "share"), measureText(each.consistency, "share")],
    ...[measureText(each.diversity, "share"), `${each.accuracy.toFixed(2)} %`],
  ]);
  const head = ["number", "name for --fail-on", set.name, ...(compare === undefined ? [] : [compare.name])];
  return markup`${table("All numbers", head, rows)}
${
    details(
      "Published values of other sets",
      markup`
        ${
        table(
          publishedSets.title,
          ["set", "uniqueness", "consistency", "diversity", "accuracy after training"],
          published,
        )
      }
        <p class="quiet">${publishedSets.note} Values of another recogniser can be compared in kind, not digit by digit.</p>
        ${
        publishedSets.rows.flatMap(({ name, note }) =>
          note === undefined ? [] : [
            markup`<p class="quiet">${name}: ${note}.</p>
`,
          ]
        )
      }
        <p class="quiet">${[...new Set(publishedSets.rows.map(({ source }) => source))].join("; ")}.</p>
      `,
    )
  }`;
}

function method({ context, findings: { set, compare } }: DoctorReport): Html {
  return markup`
    <ul>
      <li>Recogniser: ${context.recogniser}. Pose: ${context.pose ?? "none"}. Quality: ${
    context.quality ??
      "none"
  }.</li>
      <li>Threshold: cosine ${set.threshold}. ${context.threshold}</li>
      <li>Uniqueness: share of identities whose centre lies at or below the threshold from all earlier centres (DCFace, equation 12);
    the greedy count asks for earlier ones that were kept.</li>
      <li>Consistency: mean over identities of the share of their images above the threshold to the centre (equation 13).</li>
      <li>Diversity: mean over identities of 1 - cosine over all pairs of images. The Vendi score counts how many different images there
    are. Neither needs real images; against paired ones the recall person by person is DCFace's diversity (equations 14, 15).</li>
      <li>Merged: mean cosine from image to image above the threshold. Mislabelled: the nearest other centre lies above the
    threshold and nearer than the centre of the identity's other images.</li>
      <li>Near duplicates: cosine above 0.98 within an identity. Looking alike: thumbnails less than 2 grey levels apart.</li>
      <li>All cosines are decided in float64 from the features as stored; scores of pairs are of drawn images.</li>
    </ul>
    ${leftOutList(set)}${compare !== undefined && leftOutList(compare)}
  `;
}
