import { z } from 'zod';
import { Id, Instant, PageQuery, Version } from '../schemas.ts';

/** Commands a peer may be allowed. Only echo and store are answered yet; the others are kept for when they are. Source: `pacs.md`. */
export const PEER_RIGHTS = ['echo', 'store', 'find', 'move', 'get'] as const;
export const PeerRight = z.enum(PEER_RIGHTS);
export type PeerRight = z.infer<typeof PeerRight>;

/** An AE title: 1 to 16 characters of the default repertoire, no control character, no backslash, no outer space. Source: PS3.5, VR AE. */
export const AeTitle = z
  .string()
  .trim()
  .regex(/^[\x20-\x5b\x5d-\x7e]{1,16}$/, 'an AE title has 1 to 16 ASCII characters and no backslash');

/** What an administrator writes of a peer. `port` null: it only calls us and is never echoed. */
const peerFields = {
  aeTitle: AeTitle,
  host: z
    .string()
    .trim()
    .regex(/^[0-9A-Za-z.:_-]{1,253}$/, 'a host name or an address'),
  port: z.number().int().min(1).max(65_535).nullable(),
  rights: z.array(PeerRight).max(PEER_RIGHTS.length),
  /** Our calls to it go by TLS. */
  tls: z.boolean(),
  /** Its associations are taken from `host` only. */
  checkAddress: z.boolean(),
  /** Not active: refused and not echoed. */
  active: z.boolean(),
  note: z.string().trim().max(300),
};
export const CreatePeer = z.strictObject({
  ...peerFields,
  port: peerFields.port.default(null),
  tls: peerFields.tls.default(false),
  checkAddress: peerFields.checkAddress.default(false),
  active: peerFields.active.default(true),
  note: peerFields.note.default(''),
});
export type CreatePeer = z.infer<typeof CreatePeer>;
export const ChangePeer = z.strictObject(peerFields).partial().extend({ version: Version });
export type ChangePeer = z.infer<typeof ChangePeer>;

export const Peer = z.strictObject({
  id: Id,
  version: Version,
  ...peerFields,
  createdAt: Instant,
  createdBy: z.string(),
  changedAt: Instant,
});
export type Peer = z.infer<typeof Peer>;

/** `answers`, `slow` (an echo took more than a second), `mute` (the last echo failed), `off` (not active), `unknown` (no echo yet, or none asked). */
export const PEER_LIGHTS = ['answers', 'slow', 'mute', 'off', 'unknown'] as const;
export const PeerLightColour = z.enum(PEER_LIGHTS);
export type PeerLightColour = z.infer<typeof PeerLightColour>;

/** One echo of a peer: how long the answer took, or why there was none. */
export const Echo = z.strictObject({ at: Instant, ms: z.number().int().nonnegative().nullable(), reason: z.string().nullable() });
export type Echo = z.infer<typeof Echo>;

/** How a peer does. */
export const PeerLight = z.strictObject({
  peer: Id,
  aeTitle: z.string(),
  light: PeerLightColour,
  /** Since when the light is what it is. */
  since: Instant.nullable(),
  lastEcho: Echo.nullable(),
  /** Echoes without an answer, the last ones in a row. */
  failures: z.number().int().nonnegative(),
  /** What it sent last. */
  lastReceived: z.strictObject({ at: Instant, modality: z.string().nullable() }).nullable(),
  /** Much longer without a study than is its habit: its usual pause and when it was heard last. */
  silent: z.strictObject({ since: Instant, habitMin: z.number() }).nullable(),
  /** The last echoes, oldest first; at most 288 (one day). */
  history: z.array(Echo),
});
export type PeerLight = z.infer<typeof PeerLight>;

export const ACTIONS = ['CECHO', 'CSTORE', 'CFIND', 'CMOVE', 'CGET'] as const;
export const Action = z.enum(ACTIONS);
export type Action = z.infer<typeof Action>;

/** `pending` runs; `completed` was released in order; `failed` ended with at least one failed command; `rejected` by A-ASSOCIATE-RJ. */
export const ASSOCIATION_STATUSES = ['pending', 'completed', 'failed', 'aborted', 'rejected'] as const;
export const AssociationStatus = z.enum(ASSOCIATION_STATUSES);
export type AssociationStatus = z.infer<typeof AssociationStatus>;

/** An association as the monitor shows it: no identity of a patient, ever. */
export const Association = z.strictObject({
  id: Id,
  /** SCP: they called us; SCU: we called them. */
  service: z.enum(['SCP', 'SCU']),
  /** The command it runs; null before the first one. */
  action: Action.nullable(),
  callingAeTitle: z.string(),
  calledAeTitle: z.string(),
  address: z.string(),
  port: z.number().int().nullable(),
  peer: Id.nullable(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  /** The last command or byte. */
  updatedAt: Instant,
  messages: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  /** Over the last seconds while it runs, over the whole time once it ended. */
  messagesPerSecond: z.number().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  /** Messages per two seconds over the last minute, oldest first; empty once ended. */
  recent: z.array(z.number().int().nonnegative()).max(30),
  /** How many associations ran at once when it began, itself included. */
  simultaneous: z.number().int().nonnegative(),
  studyUid: z.string().nullable(),
  seriesUid: z.string().nullable(),
  instanceUid: z.string().nullable(),
  modality: z.string().nullable(),
  seriesNumber: z.number().int().nullable(),
  /** Written by people at the modality: null for who may not see studies. */
  seriesDescription: z.string().nullable(),
  status: AssociationStatus,
  /** `0xFF00` while it runs, the last or worst status once ended; null when there is none (rejected). */
  statusCode: z.string().nullable(),
  /** Why it failed, as a code: see `REASONS`; null when it did not. */
  reason: z.string().nullable(),
  /** `result-source-reason` of an A-ASSOCIATE-RJ, as `1-1-3`. */
  rejection: z.string().nullable(),
  /** Commands that were answered with a failure. */
  failures: z.number().int().nonnegative(),
  /** The last thing worth saying, as a number of matches; a code or plain words, no identity. */
  note: z.string().nullable(),
});
export type Association = z.infer<typeof Association>;

/**
 * Codes of `reason` of associations and refusals that a client has words for; others may come and are shown as they are.
 */
export const REASONS = [
  'calling-ae-unknown',
  'called-ae-unknown',
  'peer-inactive',
  'address',
  'tls-required',
  'no-right',
  'no-context',
  'limit',
  'protocol',
  'timeout',
  'idle',
  'aborted-by-peer',
  'aborted-by-admin',
  'aborted-here',
  'connection-lost',
  'connection-refused',
  'rejected',
  'stopped',
  'disk-full',
  'database-away',
  'not-understood',
  'sop-class',
] as const;

const flag = z.enum(['true', 'false']).transform((word) => word === 'true');

const associationFilters = {
  state: z.enum(['running', 'ended']).optional(),
  /** An AE title, calling or called. */
  peer: AeTitle.optional(),
  command: Action.optional(),
  failed: flag.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
};
export const AssociationsQuery = PageQuery.extend(associationFilters);
export type AssociationsQuery = z.infer<typeof AssociationsQuery>;
export const AssociationsCsvQuery = z.strictObject(associationFilters);
export type AssociationsCsvQuery = z.infer<typeof AssociationsCsvQuery>;

/** A page of associations; `total` and `failed` count what the filters (but `failed`) match, for the chips. */
export const AssociationsPage = z.strictObject({
  items: z.array(Association),
  next: z.string().optional(),
  total: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
});

/** Calls that were refused, one entry per calling title, address and reason. */
export const PacsRefusal = z.strictObject({
  id: Id,
  version: Version,
  callingAeTitle: z.string(),
  calledAeTitle: z.string(),
  address: z.string(),
  port: z.number().int().nullable(),
  reason: z.string(),
  rejection: z.string().nullable(),
  /** What it asked for: names of SOP classes, or their UIDs. */
  wanted: z.array(z.string()),
  count: z.number().int().positive(),
  firstAt: Instant,
  lastAt: Instant,
  state: z.enum(['open', 'ignored', 'admitted']),
});
export type PacsRefusal = z.infer<typeof PacsRefusal>;

/** One click admits a caller: everything has a default (its address, no port, echo and store). */
export const AdmitRefusal = z.strictObject({
  rights: peerFields.rights.default(['echo', 'store']),
  host: peerFields.host.optional(),
  port: peerFields.port.default(null),
  checkAddress: peerFields.checkAddress.default(false),
  note: peerFields.note.default(''),
});
export type AdmitRefusal = z.infer<typeof AdmitRefusal>;

/** How reception does, as the process with the role `dicom` told it last. */
export const PacsStatus = z.strictObject({
  /** When that process told it; older than 30 s: nobody listens. */
  asOf: Instant.nullable(),
  listening: z.boolean(),
  /** Why nobody listens: `role` (no process has it), `silent` (none told since long), `port` (taken), or another code. */
  why: z.string().nullable(),
  aeTitle: z.string(),
  host: z.string(),
  port: z.number().int(),
  tls: z.boolean(),
  running: z.number().int().nonnegative(),
  mostAssociations: z.number().int().nonnegative(),
  messagesPerSecond: z.number().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  /** Since the site's midnight. */
  receivedToday: z.strictObject({ instances: z.number().int().nonnegative(), bytes: z.number().nonnegative() }),
  /** Instances per second, one figure per minute of the last hour, oldest first. */
  lastHour: z.array(z.number().nonnegative()).max(60),
  disk: z.strictObject({ totalBytes: z.number(), freeBytes: z.number(), daysLeft: z.number().nullable() }).nullable(),
  /** Instances stored that wait for their index entry. */
  insertQueue: z.number().int().nonnegative(),
  /** Instances with other content under a known UID, kept aside and not looked at yet. */
  conflicts: z.number().int().nonnegative(),
  /** Studies that wait to be attached. */
  unattached: z.number().int().nonnegative(),
  /** What keeps objects from being stored now: `disk-full`, `database-away`, … */
  problem: z.string().nullable(),
});
export type PacsStatus = z.infer<typeof PacsStatus>;

/** Reception as the tile of a wall shows it. */
export const PacsSummary = z.strictObject({
  asOf: Instant.nullable(),
  listening: z.boolean(),
  running: z.number().int().nonnegative(),
  stuck: z.number().int().nonnegative(),
  peers: z.number().int().nonnegative(),
  mutePeers: z.number().int().nonnegative(),
  silentPeers: z.number().int().nonnegative(),
  /** Instances since the site's midnight. */
  receivedToday: z.number().int().nonnegative(),
  messagesPerSecond: z.number().nonnegative(),
  unattached: z.number().int().nonnegative(),
  problem: z.string().nullable(),
  /** Active peers by title. */
  lights: z.array(PeerLight.pick({ aeTitle: true, light: true, since: true })).max(100),
  /** Those that run, the busiest first; stuck ones before them. */
  associations: z
    .array(
      z.strictObject({
        ...Association.pick({ id: true, service: true, modality: true, messages: true, messagesPerSecond: true, startedAt: true }).shape,
        /** The other side. */
        aeTitle: z.string(),
        stuck: z.boolean(),
      }),
    )
    .max(3),
  /** Callers about whom nobody has decided, in all and the latest ones. */
  refused: z.number().int().nonnegative(),
  refusals: z.array(PacsRefusal.pick({ id: true, callingAeTitle: true, reason: true, count: true, lastAt: true })).max(3),
});
export type PacsSummary = z.infer<typeof PacsSummary>;

export * from './archive-schemas.ts';
