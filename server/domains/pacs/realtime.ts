import { may } from '#shared/roles.ts';
import type { Presenters, Viewer } from '#server/platform/realtime/presentation.ts';

type PacsFacts =
  | 'pacs:associations'
  | 'pacs:status'
  | 'pacs:peers'
  | 'pacs:lights'
  | 'pacs:refusals'
  | 'pacs:studies'
  | 'pacs:command'
  | 'pacs:summary'
  | 'study:changed';

/** The monitor is for its watchers as it is, but for words a person wrote at a modality; studies are for who may see them. */
export const pacsPresenters = {
  'pacs:associations': ({ changed }, viewer) => ({
    changed: seesStudies(viewer) ? changed : changed.map((association) => ({ ...association, seriesDescription: null })),
  }),
  'pacs:status': (data) => data,
  'pacs:peers': (data) => data,
  'pacs:lights': (data) => data,
  'pacs:refusals': (data) => data,
  'pacs:studies': (data, viewer) => (seesStudies(viewer) ? data : undefined),
  'pacs:summary': (data) => data,
  'pacs:command': () => undefined,
  'study:changed': (data, viewer) => (seesStudies(viewer) ? data : undefined),
} satisfies Pick<Presenters, PacsFacts>;

function seesStudies(viewer: Viewer): boolean {
  return viewer.kind === 'role' && may(viewer.role, 'pacs:images');
}
