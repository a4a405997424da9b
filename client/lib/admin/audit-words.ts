import { STATUSES } from '#shared/dossiers/statuses.ts';
import { m, words } from '../i18n/index.ts';
import type { Entry } from './audit.ts';

const SHORT_ID = 6;

/** What was done, in words. */
export function actionText(action: string): string {
  return lookUp(m.admin.audit.actions, action) ?? action;
}

/** What the entry knows besides: from and to, the light, the item, the roles. Versions and identifiers say nothing to a reader. */
export function detailText({ action, details }: Entry): string {
  const { from, to, light, role, subject, revoked } = details;
  const parts = [
    from !== undefined && to !== undefined ? `${wordOf(from)} → ${wordOf(to)}` : '',
    light === undefined ? '' : (lookUp(words().lights, light) ?? ''),
    role === undefined ? '' : wordOf(role),
    typeof subject === 'string' ? subjectOfChange(action, subject) : '',
    Array.isArray(revoked) ? revoked.map((code) => lookUp(words().items, code) ?? String(code)).join(', ') : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** A record by its kind and the end of its identifier: `Dossier …65f3a1`. Machines are known by theirs. */
export function subjectText(subject: string): string {
  const [kind = '', id = ''] = subject.split(':');
  const word = lookUp(m.admin.audit.kinds, kind) ?? kind;
  return `${word} ${id.length === 24 ? `…${id.slice(-SHORT_ID)}` : id}`.trim();
}

function subjectOfChange(action: string, subject: string): string {
  if (action.startsWith('session.')) return `n° ${subject}`;
  const code = subject.split(':')[0] ?? subject;
  return lookUp(words().items, code) ?? '';
}

function wordOf(code: unknown): string {
  const status = STATUSES.find((one) => one === code);
  return status ? words().statuses[status] : (lookUp(words().roles, code) ?? String(code));
}

function lookUp(table: Readonly<Record<string, string>>, code: unknown): string | undefined {
  return typeof code === 'string' && Object.hasOwn(table, code) ? table[code] : undefined;
}
