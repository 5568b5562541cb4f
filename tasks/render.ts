/** `deno task render`: training faces of made-up people, as packed arrays, image folders, LMDB or a contact sheet. */

import { type HeadModel, headModelHash, loadHeads, renderMany, saveHeads, type Scene } from "@/heads/mod.ts";
import { contactSheet, encodePng, type Pixels } from "@/images/mod.ts";
import { checkInputs, note, Progress, runTask, type TaskArguments, UsageError } from "./_cli.ts";
import { datasetOutput, packedOutput, type RenderOutput } from "./_render_output.ts";
import { softwareVersions } from "./_versions.ts";
import { writeWhole } from "./_write_whole.ts";

/** Most images a contact sheet takes. */
const SHEET_LIMIT = 1024;

/** What every scene has in place of the drawn fields: nothing, unless another part of the picture is asked for. */
function framed(zoom: number): { scene?: Partial<Scene> } {
  return zoom === 1 ? {} : { scene: { frame: { zoom, turn: 0, shift: [0, 0] } } };
}

/** Opens where images go; for folders and databases that is where a stopped run left off. */
async function openOutput(args: TaskArguments, directory: string, model: HeadModel): Promise<RenderOutput> {
  const format = args.choice("format", ["npy", "folder", "lmdb"]);
  const quality = args.integer("quality", { min: 1, max: 100 });
  if (format === "npy") return await checkInputs(() => packedOutput(directory));
  return await checkInputs(() =>
    datasetOutput(directory, {
      schema: "vec2face-render/1",
      seed: String(args.seed()),
      identities: args.optionalPair("identities")!,
      images: args.integer("images"),
      format,
      quality,
      heads: headModelHash(model),
      ...framed(args.number("zoom")),
      versions: softwareVersions(),
    })
  );
}

async function render(args: TaskArguments, signal: AbortSignal): Promise<void> {
  const [from, to] = args.optionalPair("identities")!;
  const images = args.integer("images", { min: 1, max: 1e6 });
  const workers = args.integer("workers", { min: 0, max: 256 });
  const [directory, sheet, pack] = ["output", "sheet", "pack"].map((flag) => args.optionalText(flag));
  const total = (to - from) * images;
  if (directory === undefined && sheet === undefined && pack === undefined) {
    throw new UsageError(
      "Cannot start: give --output DIR, --sheet FILE or --pack DIR",
    );
  }
  if (sheet !== undefined && total > SHEET_LIMIT) {
    throw new UsageError(
      `Cannot make a contact sheet of ${total} images: at most ${SHEET_LIMIT}; ask for fewer identities or images`,
    );
  }
  const seed = args.seed(), zoom = args.number("zoom", { min: 0.1, max: 4 });
  const model = await checkInputs(() => loadHeads(args.text("heads")));
  if (pack !== undefined) {
    saveHeads(model, pack);
    note(`Head model in ${pack}`);
  }
  if (directory === undefined && sheet === undefined) return;
  const output = directory === undefined ? undefined : await openOutput(args, directory, model);
  const { done = 0 } = output ?? {};
  // A sheet shows all; otherwise the identity that was begun is the first to be rendered.
  const first = sheet === undefined ? Math.floor(done / images) : 0;
  const shown: Pixels[] = [];
  const progress = new Progress({ total, start: done, unit: "images" });
  let at = first * images;
  try {
    const options = { identities: [from + first, to] as const, images, seed, workers, signal, ...framed(zoom) };
    for await (const image of renderMany(model, options)) {
      if (at++ >= done) await output?.write(image);
      if (sheet !== undefined) shown.push(image.pixels);
      progress.update(Math.max(at, done));
    }
    await output?.close();
  } catch (error) {
    progress.stop();
    await output?.drop();
    throw error;
  } finally {
    progress.stop();
  }
  if (sheet !== undefined) await writeWhole(sheet, await encodePng(contactSheet(shown, { columns: images })));
  const where = [directory, sheet].filter((place) => place !== undefined).join(" and ");
  const before = done > 0 ? `, ${done} of them there before` : "";
  note(`${total} images of ${to - from} identities in ${where}${before}`);
}

if (import.meta.main) {
  await runTask({
    name: "render",
    summary: "Renders training faces of made-up people on the ICT-FaceKit head, with pose and mask for each image.",
    usage: "deno task render --identities A:B --output DIR [options]",
    options: [
      {
        flag: "identities",
        value: "A:B",
        default: "0:8",
        help: "identities A to B-1",
      },
      {
        flag: "images",
        value: "K",
        default: 8,
        help: "images of each identity",
      },
      {
        flag: "seed",
        value: "S",
        default: 0,
        help: "seed; the same seed, identity and image give the same picture",
      },
      {
        flag: "zoom",
        value: "X",
        default: 1,
        help: "size of the face; 1 is aligned for recognisers, 0.5 shows twice as much around it",
      },
      {
        flag: "format",
        value: "NAME",
        default: "npy",
        help: "npy, folder (JPEG files) or lmdb",
      },
      {
        flag: "output",
        value: "DIR",
        help:
          "new or empty folder for the data set, or one of folder or lmdb that a stopped run left: it goes on from there; " +
          "truth.jsonl tells pose and circumstances",
      },
      {
        flag: "sheet",
        value: "FILE",
        help: "PNG contact sheet: a row for each identity",
      },
      {
        flag: "quality",
        value: "Q",
        default: 95,
        help: "JPEG quality of folder and lmdb",
        unit: "1..100",
      },
      {
        flag: "workers",
        value: "N",
        default: 1,
        help: "threads; 0 renders in the main thread",
      },
      {
        flag: "heads",
        value: "DIR",
        default: "work/heads",
        help: "head model: packed by --pack, or ICT-FaceKit's folder FaceXModel",
      },
      {
        flag: "pack",
        value: "DIR",
        help: "also write the head model packed, which loads faster than ICT-FaceKit's files",
      },
    ],
    examples: [
      "deno task render --heads ../ICT-FaceKit/FaceXModel --pack work/heads",
      "deno task render --identities 0:6 --images 8 --sheet faces.png",
      "deno task render --identities 0:1000 --images 16 --workers 2 --output output/faces",
      "deno task render --identities 0:100 --images 20 --format folder --output output/folder",
    ],
  }, render);
}
