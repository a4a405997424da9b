import type { Refusal } from '../errors.ts';
import type { LightColour } from '../qa/schemas.ts';
import type { SourceFailureCode } from '../qa/source-failures.ts';
import type { Role } from '../roles.ts';
import type { ItemCode, Status } from '../dossiers/statuses.ts';

/** Parameters of a rule's sentence, as they stand in a refusal. */
export type RuleParams = NonNullable<Refusal['params']>;
export type RuleParam = RuleParams[string] | undefined;

/** What a sentence needs to name the things it speaks of. */
export interface Naming {
  status(code: RuleParam): string;
  roles(codes: RuleParam): string;
  light(code: RuleParam): string;
  machine(id: RuleParam): string;
  checklist(codes: RuleParam): string;
}

export type RuleSentence = (params: RuleParams, words: Naming) => string;

/** Words of the domain in one language. */
export interface Words {
  statuses: Record<Status, string>;
  roles: Record<Role, string>;
  items: Record<ItemCode, string>;
  lights: Record<LightColour, string>;
  /** Items of the pre-session check-list; a site's own ones are shown as their code. */
  checklist: Record<string, string>;
  rules: Record<RuleName, RuleSentence>;
  errors: Record<ErrorCode, string>;
  /** Why a source of controls could not be read. */
  sourceFailures: Record<SourceFailureCode, string>;
  and: string;
  or: string;
}

/** Rules that are not an item's code. */
export const OTHER_RULES = [
  'transition',
  'role',
  'comment',
  'prescription',
  'plan',
  'machine',
  'machine_unknown',
  'overdue',
  'closed',
  'computed',
  'signature',
  'revoke',
  'evidence',
  'signed_content',
  'status',
  'checklist',
  'session_running',
  'session_ended',
  'fractions',
  'undo_late',
  'undo_nothing',
  'undo_changed',
  'constraints_count',
  'last_admin',
  'note',
  'expired',
  'daily_future',
  'justified_not_missed',
  'outage_begun',
  'outage_cancel',
  'outage_control',
  'outage_future',
  'outage_order',
  'outage_over',
  'outage_past',
  'override_asked',
  'override_confirmed',
  'override_none',
  'override_not_blocked',
  'override_same_person',
  'override_same_role',
  'release_conform',
  'public_url',
  'channel_address',
  'channel_settings',
] as const;
export type RuleName = ItemCode | (typeof OTHER_RULES)[number];

export const ERROR_CODES = [
  'invalid',
  'session.none',
  'session.refused',
  'session.password-expired',
  'session.role',
  'password.wrong',
  'forbidden',
  'origin.refused',
  'not-found',
  'route.unknown',
  'dossier.changed',
  'dossier.transition',
  'dossier.item',
  'dossier.signature',
  'dossier.session',
  'dossier.undo',
  'dossier.closed',
  'dossier.plan',
  'dossier.machine',
  'patient.exists',
  'patient.similar',
  'patient.changed',
  'machine.exists',
  'machine.changed',
  'user.exists',
  'user.changed',
  'user.rule',
  'light.source',
  'qa.config-changed',
  'qa.csv',
  'qa.daily',
  'qa.justification',
  'qa.outage',
  'qa.override',
  'qa.release',
  'qa.source',
  'qa.source-elsewhere',
  'qa.suggestion',
  'screen.code',
  'peer.exists',
  'peer.changed',
  'refusal.settled',
  'association.ended',
  'study.attached',
  'pacs.away',
  'channel.changed',
  'channel.rule',
  'too-large',
  'too-many',
  'media-type',
  'unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];
