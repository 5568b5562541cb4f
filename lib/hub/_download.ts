/** One file from the Hub to its place: locked, continued, received, checked, renamed. */

import { dirname } from "node:path";
import { hashFile } from "./_content_hash.ts";
import { lengthOf } from "./cache.ts";
import { HubError } from "./hub_error.ts";
import type { HubOptions } from "./hub_options.ts";
import { withLock } from "./_lock.ts";
import { PartFile } from "./_part_file.ts";
import type { Place } from "./_place.ts";
import type { HubArrival, HubPhase } from "./progress.ts";
import { receive } from "./_receive.ts";
import { nameOf, type RemoteFile } from "./remote_file.ts";
import { retrying } from "./_retry.ts";

/** Takes news of one file. */
export type FileNews = (phase: HubPhase, done: number, received?: number) => void;

/** Brings a file to its place; with `verify` what is there already is read and hashed. */
export async function download(
  remote: RemoteFile,
  place: Place,
  verify: boolean,
  hub: HubOptions,
  news: FileNews,
): Promise<HubArrival> {
  const lockFree = !verify && place.ours && lengthOf(place.path) === remote.size;
  if (lockFree) {
    await place.publish().catch(() => {}); // a cache that cannot be written to still serves
    news("done", remote.size);
    return "here";
  }
  await Deno.mkdir(dirname(place.part), { recursive: true });
  return await withLock(place.lock, hub, () => news("waiting", lengthOf(place.part) ?? 0), async () => {
    const found = await inspect(remote, place, verify, hub, news);
    if (found === "damaged") {
      await Promise.all([place.path, place.content].map((path) => Deno.remove(path).catch(ignoreAbsent)));
    }
    if (found !== "good") await obtain(remote, place, hub, news);
    await place.publish();
    news("done", remote.size);
    return found === "good" ? "here" : found === "damaged" ? "repaired" : "fetched";
  });
}

/** Looks at what is there already; another file among the user's own is an error and stays. */
async function inspect(
  remote: RemoteFile,
  place: Place,
  verify: boolean,
  { signal }: HubOptions,
  news: FileNews,
): Promise<"absent" | "good" | "damaged"> {
  const path = [place.path, place.content].find((path) => lengthOf(path) !== undefined);
  if (path === undefined) return "absent";
  const length = lengthOf(path)!;
  const { kind, hex } = remote.hash;
  let found = `${length} bytes`;
  if (length === remote.size) {
    if (!verify && await place.trusted()) return "good";
    const hash = await hashFile(path, kind, signal, (done) => news("checking", done));
    if (hash === hex) return "good";
    found = `${length} bytes with ${kind} ${hash}`;
  }
  if (place.ours) return "damaged";
  throw new HubError(
    "disk",
    `Cannot put ${
      nameOf(remote)
    } at ${path}: another file is there: expected ${remote.size} bytes with ${kind} ${hex}, ` +
      `found ${found}; move it away, or remove it if it is an old or broken download`,
  );
}

async function obtain(remote: RemoteFile, place: Place, hub: HubOptions, news: FileNews): Promise<void> {
  await Deno.mkdir(dirname(place.content), { recursive: true });
  if (place.copyOf !== undefined) await Deno.copyFile(place.copyOf, place.part);
  try {
    using part = await PartFile.open(place.part, remote, hub.signal, (length) => news("checking", length));
    await fill(part, remote, hub, news);
    await part.sync();
  } catch (error) {
    if (lengthOf(place.part) === 0) await Deno.remove(place.part).catch(ignoreAbsent);
    throw error;
  }
  await Deno.rename(place.part, place.content);
}

/** Receives what the part lacks, connection after connection, until its hash is right. */
async function fill(part: PartFile, remote: RemoteFile, hub: HubOptions, news: FileNews): Promise<void> {
  const what = nameOf(remote);
  const { kind, hex } = remote.hash;
  let whole = part.length === 0; // all bytes are of one connection
  let again = false;
  await retrying(what, hub, async (progressed) => {
    news("receiving", part.length);
    if (part.length < remote.size) {
      whole = part.length === 0;
      await receive(remote, part, hub, { progressed, onBytes: (count) => news("receiving", part.length, count) });
    }
    const found = part.hex();
    if (found === hex) return;
    await part.restart();
    if (!whole && !again) {
      again = true;
      throw new HubError("network", `Cannot continue ${what}: the pieces do not fit together; starting anew`, {
        retryAfter: 0,
      });
    }
    throw new HubError(
      "content",
      `Cannot fetch ${what}: expected ${kind} ${hex}, found ${found} after ${remote.size} bytes; what came is removed; ` +
        "try again, and if it happens again something between here and the Hub changes the data: check HF_ENDPOINT and " +
        "the proxy",
    );
  });
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
