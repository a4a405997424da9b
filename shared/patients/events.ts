import type { TopicEvent } from '../topics.ts';
import type { Patient } from './schemas.ts';

/** Facts of the topic `patients`. */
export interface PatientEvents {
  'patient:created': (event: TopicEvent<{ patient: Patient }>) => void;
  'patient:changed': (event: TopicEvent<{ patient: Patient }>) => void;
}
