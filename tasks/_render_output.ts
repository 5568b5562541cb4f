/** Where rendered images go: packed arrays, which are whole or not there, or a folder or database that can be continued. */
import { type DatasetWriter, openFolderWriter, openLmdbWriter } from "@/datasets/mod.ts";
import { type ImagePlace, type RenderedImage, type Scene, TruthFile } from "@/heads/mod.ts";
import { encodeJpeg } from "@/images/mod.ts";
import { NpyWriter } from "@/weights/mod.ts";
import { note, UsageError } from "./_cli.ts";
import { writeWhole } from "./_write_whole.ts";

/** Names of what lies beside the images. */
const TRUTH = "truth.jsonl", RECIPE = "render.json";

/** What the images of a folder or database are a function of. */
export interface RenderRecipe {
  readonly schema: "vec2face-render/1";
  readonly seed: string;
  readonly identities: readonly [from: number, to: number];
  readonly images: number;
  readonly format: "folder" | "lmdb";
  readonly quality: number;
  /** Hash of the head model. */
  readonly heads: string;
  /** Scene fields that replace the drawn ones; none when left out. */
  readonly scene?: Partial<Scene>;
  /** Versions of what made it; other versions may differ in the last bit, so they are told but not compared. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A place where images go. */
export interface RenderOutput {
  /** Images that are there, first ones first; they need not be written again. */
  readonly done: number;
  /** Takes the next image. */
  write(image: RenderedImage): Promise<void> | void;
  /** Finishes the output. */
  close(): Promise<void> | void;
  /** Gives up after an error, and says what stays. */
  drop(): Promise<void>;
}

/** The files in a folder, which is made when it is missing. */
async function namesIn(directory: string): Promise<string[]> {
  await Deno.mkdir(directory, { recursive: true });
  return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
}

/** Refuses a folder that is not empty, as hours of rendering are easily written over. */
function assertEmpty(directory: string, names: readonly string[]): void {
  if (names.length === 0) return;
  throw new UsageError(
    `Cannot render into ${directory}: it is not empty (${names[0]}); give another folder, or remove this one`,
  );
}

/** After an error: truth without its images goes, and so does the folder if it is empty then. */
async function leaveNothingOf(directory: string, then: string): Promise<void> {
  const names = await namesIn(directory);
  if (names.some((name) => name !== TRUTH && name !== RECIPE)) {
    note(`What was rendered so far is in ${directory}${then}`);
    return;
  }
  await Deno.remove(directory, { recursive: true });
}

/** Packed arrays: images.npy, masks.npy, labels.npy. */
export async function packedOutput(directory: string): Promise<RenderOutput> {
  assertEmpty(directory, await namesIn(directory));
  const images = new NpyWriter(`${directory}/images.npy`, { dtype: "uint8", rowShape: [112, 112, 3] });
  const masks = new NpyWriter(`${directory}/masks.npy`, { dtype: "uint8", rowShape: [112, 112] });
  const labels = new NpyWriter(`${directory}/labels.npy`, { dtype: "int32", rowShape: [] });
  const truth = await TruthFile.open(`${directory}/${TRUTH}`, []);
  const all = [images, masks, labels];
  return {
    done: 0,
    write(image) {
      images.write(image.pixels.data);
      masks.write(image.mask);
      labels.write(Int32Array.of(image.identity));
      truth.write(image);
    },
    close: () => [...all, truth].forEach((writer) => writer.close()),
    async drop() {
      all.forEach((writer) => writer[Symbol.dispose]());
      truth.close();
      await leaveNothingOf(directory, "");
    },
  };
}

/** Begins a folder, or goes on with one of the same recipe. */
async function beginFolder(directory: string, recipe: RenderRecipe): Promise<void> {
  const names = await namesIn(directory), path = `${directory}/${RECIPE}`;
  if (!names.includes(RECIPE)) {
    assertEmpty(directory, names);
    await writeWhole(path, `${JSON.stringify(recipe, null, 2)}\n`);
    return;
  }
  let found: Partial<RenderRecipe> | null;
  try {
    found = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SyntaxError(`Cannot read ${path}: it is not JSON; remove ${directory} and render again`, { cause });
  }
  const { versions: _, ...compared } = recipe;
  for (const [field, wanted] of Object.entries(compared)) {
    const [there, asked] = [found?.[field as keyof RenderRecipe], wanted].map((value) =>
      JSON.stringify(value) ?? "nothing"
    );
    if (there === asked) continue;
    throw new UsageError(
      `Cannot continue ${directory}: it was begun with ${field} ${there}, this call asks for ${asked}; ` +
        "ask for the same, give another folder, or remove this one",
    );
  }
}

/** All images in the order in which they are rendered. */
function* places({ identities: [from, to], images }: RenderRecipe): Generator<ImagePlace> {
  for (let identity = from; identity < to; identity++) {
    for (let image = 0; image < images; image++) yield { identity, image };
  }
}

/** How many of the first images are there, whole. */
async function countThere(writer: DatasetWriter, recipe: RenderRecipe): Promise<number> {
  let count = 0;
  for (const { identity, image } of places(recipe)) {
    if (!await writer.has(identity, image)) break;
    count++;
  }
  return count;
}

/** JPEG files or LMDB records through the writers of lib/datasets; what is there is continued. */
export async function datasetOutput(directory: string, recipe: RenderRecipe): Promise<RenderOutput> {
  const { format, quality, images, identities: [from] } = recipe;
  await beginFolder(directory, recipe);
  const writer = format === "folder" ? await openFolderWriter(directory) : await openLmdbWriter(
    `${directory}/images.lmdb`,
    { indexOf: (label, image) => (label - from) * images + image, now: () => performance.now() },
  );
  let truth: TruthFile;
  try {
    truth = await TruthFile.open(`${directory}/${TRUTH}`, places(recipe).take(await countThere(writer, recipe)));
  } catch (error) {
    await writer.close();
    throw error;
  }
  return {
    done: truth.length,
    async write(image) {
      await writer.write({
        label: image.identity,
        image: image.image,
        bytes: await encodeJpeg(image.pixels, { quality }),
      });
      truth.write(image);
    },
    async close() {
      await writer.close();
      truth.close();
    },
    async drop() {
      await writer.close(); // whole images stay
      truth.close();
      await leaveNothingOf(directory, "; the same command makes the rest");
    },
  };
}
