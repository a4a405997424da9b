import type { TopicEvent } from '../topics.ts';
import type { AlertsHealth, Channel, Delivery } from './schemas.ts';

/** Facts of the topic `notifications`: each for who may see it. */
export interface NotificationEvents {
  'alerts:channel': (event: TopicEvent<{ channel: Channel }>) => void;
  'alerts:channel-removed': (event: TopicEvent<{ id: string }>) => void;
  'alerts:delivery': (event: TopicEvent<{ delivery: Delivery }>) => void;
  'alerts:health': (event: TopicEvent<{ health: AlertsHealth }>) => void;
}
