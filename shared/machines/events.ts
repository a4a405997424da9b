import type { TopicEvent } from '../topics.ts';
import type { Machine } from './schemas.ts';

/** Facts of the topic `machines`. */
export interface MachineEvents {
  'machine:changed': (event: TopicEvent<{ machine: Machine }>) => void;
}
