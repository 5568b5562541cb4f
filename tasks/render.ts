/** `deno task render`: training faces of made-up people, as packed arrays, image folders, LMDB or a contact sheet. */

import { describeImage, loadHeads, type RenderedImage, renderMany, saveHeads } from "@/heads/mod.ts";
import { contactSheet, encodeJpeg, encodePng, type Pixels } from "@/images/mod.ts";
import { NpyWriter } from "@/weights/mod.ts";
import { checkInputs, note, Progress, runTask, type TaskArguments, UsageError } from "./_cli.ts";
import { writeWhole } from "./_write_whole.ts";

/** Most images a contact sheet takes. */
const SHEET_LIMIT = 1024;

/** A place where images go. */
interface Output {
  write(image: RenderedImage, label: number): Promise<void> | void;
  close(): Promise<void> | void;
  /** Gives up after an error. */
  drop(): Promise<void> | void;
}

/** Packed arrays: images.npy, masks.npy, labels.npy. */
function npyOutput(directory: string): Output {
  const images = new NpyWriter(`${directory}/images.npy`, {
    dtype: "uint8",
    rowShape: [112, 112, 3],
  });
  const masks = new NpyWriter(`${directory}/masks.npy`, {
    dtype: "uint8",
    rowShape: [112, 112],
  });
  const labels = new NpyWriter(`${directory}/labels.npy`, {
    dtype: "int32",
    rowShape: [],
  });
  const all = [images, masks, labels];
  return {
    write({ pixels, mask }, label) {
      images.write(pixels.data);
      masks.write(mask);
      labels.write(Int32Array.of(label));
    },
    close: () => all.forEach((writer) => writer.close()),
    drop: () => all.forEach((writer) => writer[Symbol.dispose]()),
  };
}

/** JPEG files or LMDB records through the writers of lib/datasets. */
async function datasetOutput(
  format: "folder" | "lmdb",
  directory: string,
  quality: number,
): Promise<Output> {
  const { openFolderWriter, openLmdbWriter } = await import(
    "@/datasets/mod.ts"
  );
  const writer = format === "folder"
    ? await openFolderWriter(directory)
    : await openLmdbWriter(`${directory}/images.lmdb`);
  return {
    async write({ pixels, image }, label) {
      await writer.write({
        label,
        image,
        bytes: await encodeJpeg(pixels, { quality }),
      });
    },
    close: () => writer.close(),
    drop: () => writer.close(), // whole images may stay
  };
}

/** One line a text file, written through a buffer. */
function lineWriter(
  path: string,
): { write(value: unknown): void; close(): void } {
  const file = Deno.openSync(path, {
    write: true,
    create: true,
    truncate: true,
  });
  const encoder = new TextEncoder();
  let pending = "";
  const flush = () => {
    let bytes = encoder.encode(pending);
    pending = "";
    while (bytes.length > 0) bytes = bytes.subarray(file.writeSync(bytes));
  };
  return {
    write(value) {
      pending += `${JSON.stringify(value)}\n`;
      if (pending.length > 65536) flush();
    },
    close() {
      flush();
      file.close();
    },
  };
}

/** Makes a folder; one that is there must be empty, as hours of rendering are easily written over. */
async function makeEmptyFolder(directory: string): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  for await (const { name } of Deno.readDir(directory)) {
    throw new UsageError(
      `Cannot render into ${directory}: it is not empty (${name}); give another folder, or remove this one`,
    );
  }
}

/** After an error: truth without its images goes, and so does the folder if it is empty then. */
async function leaveNothingOf(directory: string): Promise<void> {
  const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  if (names.some((name) => name !== "truth.jsonl")) {
    note(`What was rendered so far is in ${directory}`);
    return;
  }
  await Deno.remove(directory, { recursive: true });
}

async function openOutput(
  args: TaskArguments,
  directory: string,
): Promise<Output> {
  const format = args.choice("format", ["npy", "folder", "lmdb"]);
  const quality = args.integer("quality", { min: 1, max: 100 });
  await checkInputs(() => makeEmptyFolder(directory));
  return format === "npy" ? npyOutput(directory) : await datasetOutput(format, directory, quality);
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
  const seed = args.seed();
  const model = await checkInputs(() => loadHeads(args.text("heads")));
  if (pack !== undefined) {
    saveHeads(model, pack);
    note(`Head model in ${pack}`);
  }
  if (directory === undefined && sheet === undefined) return;
  const output = directory === undefined ? undefined : await openOutput(args, directory);
  const truth = directory === undefined ? undefined : lineWriter(`${directory}/truth.jsonl`);
  const shown: Pixels[] = [];
  const progress = new Progress({ total, unit: "images" });
  let done = 0;
  try {
    for await (
      const image of renderMany(model, {
        identities: [from, to],
        images,
        seed,
        workers,
        signal,
      })
    ) {
      await output?.write(image, image.identity);
      truth?.write(describeImage(image));
      if (sheet !== undefined) shown.push(image.pixels);
      progress.update(++done);
    }
    await output?.close();
    truth?.close();
  } catch (error) {
    await output?.drop();
    truth?.close();
    if (directory !== undefined) await leaveNothingOf(directory);
    throw error;
  } finally {
    progress.stop();
  }
  if (sheet !== undefined) await writeWhole(sheet, await encodePng(contactSheet(shown, { columns: images })));
  const places = [directory, sheet].filter((place) => place !== undefined);
  note(`${done} images of ${to - from} identities in ${places.join(" and ")}`);
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
        flag: "format",
        value: "NAME",
        default: "npy",
        help: "npy, folder (JPEG files) or lmdb",
      },
      {
        flag: "output",
        value: "DIR",
        help: "new or empty folder for the data set; truth.jsonl there tells pose and circumstances",
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
