import type { TopicEvent } from '../topics.ts';
import type { Light } from './schemas.ts';

/** Facts of the topic `qa`. */
export interface QaEvents {
  'light:changed': (event: TopicEvent<{ light: Light }>) => void;
}
