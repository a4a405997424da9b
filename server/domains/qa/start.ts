import { csvSource } from './source/csv.ts';
import type { QaSource } from './source/port.ts';
import { forgetPicture } from './picture.ts';
import { setQaSite, type QaSite } from './site.ts';
import type { SiteSource } from './site-source.ts';

interface QaDeps {
  site: QaSite;
  /** Undefined at a site without Artiscan, and in a process that was not given its credentials. */
  artiscan: QaSource | undefined;
  /** Where CSV exports are laid and kept. */
  csvFolder: string;
  now: () => Date;
}

/** Tells the domain its site and makes the source of its controls. */
export function startQa({ site, artiscan, csvFolder, now }: QaDeps): SiteSource {
  setQaSite(site);
  forgetPicture();
  return { artiscan, csv: csvSource({ folder: csvFolder, now }) };
}
