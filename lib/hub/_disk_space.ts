/** Room on a disk. */

import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { formatBytes } from "./format_bytes.ts";
import { HubError } from "./hub_error.ts";

/** Free bytes of the disk that a folder is or will be on; undefined where the system does not say. */
export function freeBytesAt(folder: string): number | undefined {
  for (let path = resolve(folder);; path = dirname(path)) {
    try {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    } catch {
      if (path === dirname(path)) return undefined;
    }
  }
}

/** Throws before anything is fetched that would not fit. */
export function checkRoom(folder: string, needed: number, free: number | undefined): void {
  if (free === undefined || needed <= free) return;
  throw new HubError(
    "disk",
    `Cannot fetch into ${folder}: ${formatBytes(needed)} are needed, ${formatBytes(free)} are free; make room, fetch ` +
      "fewer files, or name a folder on another disk (HF_HOME, or --local-dir)",
  );
}
