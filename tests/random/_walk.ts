/** Lists the project's TypeScript files under a folder of the repository root. */
export function* walk(folder: string): Generator<URL> {
  yield* walkPath(new URL(`../../${folder}/`, import.meta.url));
}

function* walkPath(folder: URL): Generator<URL> {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  for (const entry of entries) {
    if (entry.isDirectory) yield* walkPath(new URL(`${entry.name}/`, folder));
    else if (entry.name.endsWith(".ts")) {
      yield new URL(entry.name, folder);
    }
  }
}
