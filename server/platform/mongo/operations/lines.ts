import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { syncDirectory } from '../embedded/replace.ts';

/** Writes lines, waiting when the disk is slower. */
export type WriteLine = (line: string) => Promise<void>;

/**
 * Writes a file of lines under a temporary name and gives it its own only when it is whole and on disk: what bears the name is never half
 * written, whatever happens.
 */
export async function writeLines(file: string, gzip: boolean, write: (line: WriteLine) => Promise<void>): Promise<void> {
  const partial = `${file}.partial`;
  const into = createWriteStream(partial, { mode: 0o600, flush: true });
  const packer = gzip ? createGzip() : undefined;
  const stream: Writable = packer ?? into;
  const written = packer ? pipeline(packer, into) : finished(into);
  written.catch(() => undefined); // told below, by whichever comes first
  try {
    await write(async (line) => {
      if (!stream.write(`${line}\n`)) await Promise.race([once(stream, 'drain'), written]);
    });
    stream.end();
    await written;
    await rename(partial, file);
    syncDirectory(path.dirname(file));
  } catch (error) {
    into.destroy();
    await finished(into).catch(() => undefined); // it may still be opening: removed before, the file would come back
    await rm(partial, { force: true });
    throw error;
  }
}

/** The lines of such a file, packed or not. @throws when it is cut off or damaged */
export async function* readLines(file: string): AsyncGenerator<string> {
  const handle = await open(file);
  const first = await handle.read(Buffer.alloc(2), 0, 2, 0);
  await handle.close();
  const packed = first.buffer[0] === 0x1f && first.buffer[1] === 0x8b;
  const raw = createReadStream(file);
  const source = packed ? raw.pipe(createGunzip()) : raw;
  raw.once('error', (error) => source.destroy(error));
  try {
    yield* linesOf(source);
  } finally {
    raw.destroy();
  }
}

/** Not by readline's own iterator, which ends quietly when its input fails. */
async function* linesOf(source: Readable): AsyncGenerator<string> {
  let rest = '';
  source.setEncoding('utf8');
  for await (const text of source) {
    const parts = (rest + String(text)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
