/** The sections of the page between the verdicts and the method. */
import type { Figure } from "@/plots/mod.ts";
import type { FigureName } from "./_figures.ts";
import { details, Html, markup, type Part, table } from "./_html.ts";
import type { AgainstFindings, Counted, LeakageFindings, SetFindings } from "./findings.ts";
import { measureText } from "./measures.ts";
import type { DoctorReport } from "./report.ts";
import type { Strip, StripSection, StripSections } from "./strips.ts";

/** What sections are made of. */
export interface PageParts {
  readonly report: DoctorReport;
  readonly strips: StripSections;
  /** Drawn figures with their element. */
  readonly figures: ReadonlyMap<FigureName, { readonly figure: Figure; readonly element: string }>;
}

/** A section of the page. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

const share = (value: number | null | undefined) => measureText(value, "share");
const cosine = (value: number | null | undefined) => value === null || value === undefined ? "–" : value.toFixed(3);

const imagesText = (count: number) => `${measureText(count, "whole")} ${count === 1 ? "image" : "images"}`;

/** Figures side by side with what to see in them; those that were not drawn are left out. */
function figures({ figures }: PageParts, ...names: readonly (readonly [FigureName, string])[]): Html {
  const shown = names.flatMap(([name, caption]) => {
    const drawn = figures.get(name);
    return drawn === undefined ? [] : [
      markup`
        <figure>
          <div class="drawing" tabindex="0">${new Html(drawn.element)}</div>
          <figcaption>${caption}</figcaption>
        </figure>
      `,
    ];
  });
  return shown.length === 0 ? markup`` : markup`
    <div class="figures">${shown}</div>
  `;
}

/** Rows of images under a heading; nothing when there are none. */
function strips({ strips }: PageParts, name: StripSection, title: string, text: string): Html {
  const rows = strips[name];
  return rows.length === 0 ? markup`` : markup`<h3>${title}</h3>
<p>${text}</p>
${rows.map(strip)}`;
}

function strip({ title, jpeg, width, height }: Strip): Html {
  const source = new Html(`data:image/jpeg;base64,${jpeg.toBase64()}`);
  return markup`
    <figure class="strip"><img src="${source}" width="${width}" height="${height}" alt="${title}" loading="lazy">
    <figcaption>${title}</figcaption></figure>
  `;
}

/** The listed ones of what was counted, as a table that opens. */
function list<T>(
  what: string,
  { count, listed }: Counted<T>,
  head: readonly Part[],
  row: (item: T) => readonly Part[],
): Html {
  if (listed.length === 0) return markup``;
  const more = count > listed.length
    ? `the first ${listed.length} of ${count.toLocaleString("en-US")}`
    : `all ${count}`;
  return details(`List: ${what} (${more})`, table(what, head, listed.map(row)));
}

/** Identities: apart from each other, and whole. */
export function identitySection(parts: PageParts): Section {
  const { set } = parts.report.findings;
  const close = set.map.filter(({ nearest }) => nearest > set.threshold).sort((a, b) => b.nearest - a.nearest);
  const groups = set.merged.groups.map((group, k): readonly Part[] => [k + 1, group.join(", ")]);
  return {
    id: "identities",
    title: "Identities",
    content:
      markup`<p>An identity is the mean of its images' features, each at length 1. Two identities count as one above cosine
${set.threshold}; an image belongs to its identity above the same cosine.</p>
${
        figures(
          parts,
          ["map", "A point an identity. Good ones lie right (images agree) and below the line (nobody is near)."],
          [
            "scores",
            "Cosines of pairs of images. The less the two curves overlap, the better pairs can be told apart.",
          ],
          [
            "separability",
            "Identities unlike every earlier one, for growing parts of the set; on the line y = x all are new.",
          ],
          ["own", "Cosine of each image to the centre of its identity."],
        )
      }${strips(parts, "drawn", "Some identities", "Drawn at random, to see what the set looks like.")}
${strips(parts, "best", "Best identities", "All images agree, and differ most to the eye.")}
${strips(parts, "worst", "Worst identities", "Their images agree least.")}
${
        strips(
          parts,
          "merged",
          "Merged identities",
          `Two identities that look like one: left images of the first, right of the second. ` +
            `${set.merged.count} of ${set.identities} identities are in such a pair.`,
        )
      }${
        list("Pairs of identities that look like one", set.merged, [
          "first",
          "second",
          "from image to image",
          "centres",
        ], (pair) => [
          ...[pair.name, pair.otherName, cosine(pair.across), cosine(pair.cosine)],
        ])
      }${
        list(
          "Identities whose centre lies near another one",
          { count: close.length, share: 0, listed: close },
          ["identity", "nearest other", "cosine of centres"],
          (point) => [point.name, point.nearestName, cosine(point.nearest)],
        )
      }${
        groups.length === 0 ? "" : details(
          "List: groups that hang together by such pairs",
          table("Groups of identities that look like one", ["group", "identities"], groups),
        )
      }`,
  };
}

/** Labels: images where they do not belong. */
export function labelSection(parts: PageParts): Section {
  const { set } = parts.report.findings;
  const { mislabelled, outliers, unreadable } = set;
  const none = mislabelled.count + outliers.count + unreadable.count === 0 && set.emptyIdentities.length === 0;
  return {
    id: "labels",
    title: "Labels",
    content: markup`${none && markup`<p>No image lies where it does not belong, and all can be read.</p>`}
${
      strips(
        parts,
        "mislabelled",
        "Images that look like somebody else",
        `Nearer to another identity than to the others of their own. ${imagesText(mislabelled.count)}.`,
      )
    }${
      list(
        "Images that look like somebody else",
        mislabelled,
        ["image", "identity", "cosine to it", "looks like", "cosine"],
        (each) => [each.image, each.identity, cosine(each.own), each.otherName, cosine(each.cosine)],
      )
    }${
      strips(
        parts,
        "outliers",
        "Outliers",
        `Unlike the others of their identity: cosine to their centre of ${set.threshold} or less. ${
          imagesText(outliers.count)
        }.`,
      )
    }${
      list("Outliers", outliers, ["image", "identity", "cosine to the others"], (each) => [
        ...[each.image, each.identity, cosine(each.cosine)],
      ])
    }${list("Images that cannot be used", unreadable, ["image", "why"], (each) => [each.image, each.reason])}${
      set.emptyIdentities.length > 0 &&
      markup`<p>Identities without a usable image: ${set.emptyIdentities.join(", ")}.</p>`
    }`,
  };
}

/** Variation: how different the images of an identity are. */
export function variationSection(parts: PageParts): Section {
  const { set } = parts.report.findings;
  const head = ["image", "other image", "identity", "cosine"];
  return {
    id: "variation",
    title: "Variation",
    content:
      markup`<p>A recogniser learns what may change without changing the person: images of an identity should differ in pose,
light and expression, and still be of one person.</p>
${
        figures(
          parts,
          [
            "variation",
            "Root mean square difference of the images of an identity, in 8 x 8 tiles: what the eye sees first.",
          ],
          ["yaw", "Turn to the side."],
          ["pitch", "Nod."],
          ["joint", "Yaw and pitch together."],
          ["drift", "Where the curve falls, turned faces drift away from their identity."],
          ["quality", "Quality by the estimator; compare sets, not numbers of different estimators."],
          ["norms", "Norm of features: many recognisers give blurred faces short ones."],
        )
      }${strips(parts, "leastVaried", "Least varied identities", "Their images differ least to the eye.")}
${
        strips(
          parts,
          "duplicates",
          "Near duplicates",
          `Two images of one identity with nearly the same feature; ${
            imagesText(set.duplicates.count)
          } with such a one before.`,
        )
      }${
        list("Near duplicates by feature", set.duplicates, head, (each) => [
          ...[each.image, each.otherImage, each.identity, each.cosine.toFixed(5)],
        ])
      }${
        list(
          "Images that look alike",
          set.alike,
          ["image", "other image", "identity", "difference, grey levels"],
          (each) => [
            ...[each.image, each.otherImage, each.identity, (255 * (1 - each.cosine)).toFixed(2)],
          ],
        )
      }${list("Images that are there more than once", set.repeated, ["images"], (group) => [group.join(", ")])}`,
  };
}

/** The reference: leakage and distances. */
export function referenceSection(parts: PageParts, against: AgainstFindings): Section {
  const { distances, name } = against;
  const { set } = parts.report.findings;
  const kinds: readonly (readonly [string, LeakageFindings | undefined])[] = [
    ["images against centres", against.imageToCentre],
    ["centres against centres", against.centreToCentre],
    ["images against images", against.imageToImage],
  ];
  const { thresholds } = against.imageToCentre;
  const rows = kinds.flatMap(([what, found]): (readonly Part[])[] =>
    found === undefined ? [] : [[
      what,
      cosine(found.nearest.greatest),
      ...found.rowShares.map(share),
      share(found.pairShares[thresholds.indexOf(set.threshold)]),
    ]]
  );
  const leaks = against.imageToCentre.closest;
  const files = kinds.flatMap(([what, found]) =>
    found?.nearestFile === undefined ? [] : `${found.nearestFile} (${what})`
  );
  const images = against.images === null ? "" : ` and ${measureText(against.images, "whole")} images`;
  const size = `${measureText(against.identities, "whole")} identities${images}`;
  return {
    id: "reference",
    title: `Against ${name}`,
    content:
      markup`<p>${name} has ${size}. A row is like the reference when its nearest there lies above the cosine in the
heading.</p>
${
        table("Leakage: share of rows that are like the reference", [
          ...["compared", "largest cosine", ...thresholds.map((t) => `above ${t}`), `pairs above ${set.threshold}`],
        ], rows)
      }${
        files.length > 0 &&
        markup`
<p>The nearest of the reference to every row is beside this page: ${
          files.join(", ")
        }. Each is an array [rows, 3] of float64: number
of the identity, or of the image in the data set; number of the identity, row or image of the reference; cosine.
nearest-names.json has the names of identities by number.</p>`
      }
${figures(parts, ["leakage", "A tail beyond the threshold is people of the reference."])}
${
        strips(
          parts,
          "leaked",
          "Closest to the reference",
          `Left the image, right images of the identity of ${name} that it is nearest to.`,
        )
      }${
        details(
          `List: the ${leaks.length} images closest to the reference`,
          table(
            `Closest to ${name}`,
            ["image", "identity of the reference", "cosine"],
            leaks.map((leak) => [
              ...[leak.name, leak.referenceName, cosine(leak.cosine)],
            ]),
          ),
        )
      }${
        distances !== undefined &&
        table(`Distances to ${name}, on features of ${parts.report.context.recogniser}`, ["", "value"], [
          ["Fréchet distance (FID with these features)", measureText(distances.frechet, "number")],
          [
            "kernel distance (KID with these features)",
            distances.kernel === null
              ? "–"
              : `${distances.kernel.mean.toPrecision(3)} ± ${distances.kernel.sd.toPrecision(2)}`,
          ],
          ["precision: images on the manifold of the reference", share(distances.precision)],
          ["recall: reference on the manifold of the images", share(distances.recall)],
          ...(distances.classRecall === undefined ? [] : [
            [
              `diversity person by person, ${distances.classRecall.identities} identities of both`,
              share(distances.classRecall.mean),
            ],
          ]),
        ])
      }`,
  };
}

/** Everything that could not be looked at. */
export function leftOutList({ leftOut }: SetFindings): Html {
  return leftOut.length === 0 ? markup`` : markup`
    <h3>Left out</h3>
    <ul>${
    leftOut.map(({ section, reason }) =>
      markup`
        <li>${section}: ${reason}</li>
      `
    )
  }</ul>
  `;
}
