import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sampleCt } from '#server/testing/dicom.ts';

/** What is sent: how many objects, of how many rows and columns of two bytes, by how many associations at once. */
export interface Load {
  readonly name: string;
  readonly objects: number;
  readonly size: number;
  readonly associations: number;
}

const FIRST = 100_000;

/**
 * Writes the objects of one round, a folder for each association: a study that was never sent before, so that nobody may answer from what he has.
 * They are copies of one image with UIDs and pixels of their own.
 */
export async function writeObjects(root: string, { objects, size, associations }: Load, study: number): Promise<string[]> {
  await rm(root, { recursive: true, force: true });
  const folders = Array.from({ length: associations }, (_, index) => path.join(root, `association-${index}`));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  const { file } = sampleCt({ study, size, instance: FIRST });
  const places = placesOf(file, `.${FIRST}`);
  for (let index = 0; index < objects; index += 1) {
    for (const at of places) file.write(`.${FIRST + index}`, at, 'latin1');
    file.writeUInt32LE(index, file.length - 4);
    await writeFile(path.join(folders[index % associations] ?? root, `${index}.dcm`), file);
  }
  return folders;
}

function placesOf(file: Buffer, text: string): number[] {
  const places: number[] = [];
  for (let at = file.indexOf(text); at >= 0; at = file.indexOf(text, at + 1)) places.push(at);
  return places;
}
