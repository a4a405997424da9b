import type { TopicEvent } from '../topics.ts';
import type { Association, PacsRefusal, PacsStatus, PacsSummary, Peer, PeerLight, Study } from './schemas.ts';

/**
 * Facts of the topic `pacs`: at most five messages a second whatever arrives, so each carries all that changed since the one before.
 * What is listed under `changed` replaces what has the same identifier; an association that ended is one of the changed, with `endedAt`.
 */
export interface PacsEvents {
  'pacs:associations': (event: TopicEvent<{ changed: Association[] }>) => void;
  'pacs:status': (event: TopicEvent<{ status: PacsStatus }>) => void;
  'pacs:peers': (event: TopicEvent<{ changed: Peer[]; removed: string[] }>) => void;
  'pacs:lights': (event: TopicEvent<{ changed: PeerLight[] }>) => void;
  'pacs:refusals': (event: TopicEvent<{ changed: PacsRefusal[] }>) => void;
  /** Studies that grew, were completed, attached or wait; hidden from who may not see studies. */
  'pacs:studies': (event: TopicEvent<{ changed: Study[] }>) => void;
  /** On `wall`: reception in figures, at most every five seconds. */
  'pacs:summary': (event: TopicEvent<{ summary: PacsSummary }>) => void;
  /** Asks the process that receives to do something; hidden from every watcher. */
  'pacs:command': (event: TopicEvent<PacsCommand>) => void;
  /** On `study:<uid>`. */
  'study:changed': (event: TopicEvent<{ study: Study }>) => void;
}

export type PacsCommand = { command: 'abort'; association: string } | { command: 'echo' };
