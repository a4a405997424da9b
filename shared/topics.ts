/**
 * A fact as a watcher of a topic receives it. Revisions of a topic rise by one; who may watch the topic but not see one change receives
 * that revision as an event named `hidden`, without data.
 */
export interface TopicEvent<T = unknown> {
  topic: Topic;
  revision: number;
  at: string;
  type: string;
  data: T;
}

/** Names of topics that one names as they are. */
export const PLAIN_TOPICS = ['dossiers', 'patients', 'machines', 'qa', 'pacs', 'settings', 'notifications', 'screens', 'wall'] as const;

export type PlainTopic = (typeof PLAIN_TOPICS)[number];
/** Topics of one record each: a prefix and what names the record. */
export type RecordTopic = `dossier:${string}` | `study:${string}`;
export type Topic = PlainTopic | RecordTopic;

/** Parses a topic's name; undefined when there is none of that name. */
export function parseTopic(name: unknown): Topic | undefined {
  if (typeof name !== 'string') return undefined;
  const plain = PLAIN_TOPICS.find((topic) => topic === name);
  if (plain) return plain;
  const dossier = /^dossier:([0-9a-f]{24})$/.exec(name);
  if (dossier?.[1]) return `dossier:${dossier[1]}`;
  const study = /^study:([0-9A-Za-z.]{1,64})$/.exec(name);
  return study?.[1] ? `study:${study[1]}` : undefined;
}
