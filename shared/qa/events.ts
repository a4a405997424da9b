import type { TopicEvent } from '../topics.ts';
import type { SourceState } from './page-schemas.ts';
import type { Light } from './schemas.ts';
import type { Outage } from './status-schemas.ts';

/** Facts of the topic `qa`. Pages that show more than lights ask anew when they hear of one that concerns them. */
export interface QaEvents {
  'light:changed': (event: TopicEvent<{ light: Light }>) => void;
  /** The source was read, or could not be; `controls` tells whether controls came, changed or went. */
  'qa:source': (event: TopicEvent<{ source: SourceState; controls: boolean; machines: string[] }>) => void;
  /** Something was written to a period: a remark, a justification, a daily entry, a release. */
  'qa:period': (event: TopicEvent<{ machine: string; type: string; period: string }>) => void;
  'qa:outage': (event: TopicEvent<{ outage: Outage }>) => void;
  'qa:config': (event: TopicEvent<{ version: number }>) => void;
}
