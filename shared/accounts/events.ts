import type { TopicEvent } from '../topics.ts';
import type { User } from './schemas.ts';

/** Facts of the topic `settings` about people; hidden from who may not manage users. */
export interface SettingsEvents {
  'user:changed': (event: TopicEvent<{ user: User }>) => void;
}
