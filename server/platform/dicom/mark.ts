/** Where an object has its place in the archive, and what must lie there. */
export interface Mark {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly fileBytes: number;
  /** First sixteen digits of the SHA-256 of the data set. */
  readonly digest: string;
}

const FORM = /^(?<path>.+)~(?<bytes>\d+)-(?<digest>[0-9a-f]{16})\.mark$/;

/**
 * The name in `incoming/` of an object that is given its place before it is synced (so that one sync serves file and folder): what a crash has torn is
 * known by it, and where it lies. At most 242 characters for a path of `uidFolder`.
 */
export function writeMark({
  path,
  fileBytes,
  sha256,
}: {
  readonly path: string;
  readonly fileBytes: number;
  readonly sha256: string;
}): string {
  return `${encodeURIComponent(path)}~${fileBytes}-${sha256.slice(0, 16)}.mark`;
}

/** What a name in `incoming/` says; null for those of objects that get their place once they are synced. */
export function readMark(name: string): Mark | null {
  const { path, bytes, digest } = FORM.exec(name)?.groups ?? {};
  if (path === undefined || bytes === undefined || digest === undefined) return null;
  return { path: decodeURIComponent(path), fileBytes: Number(bytes), digest };
}
