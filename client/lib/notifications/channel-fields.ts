import {
  ALERT_SUBJECTS,
  ChangeChannel,
  CreateChannel,
  type AlertSubject,
  type Channel,
  type ChannelKind,
} from '#shared/notifications/schemas.ts';

/** What stands in the fields of the form. */
export interface ChannelText {
  kind: ChannelKind;
  name: string;
  /** Empty: the address that is stored stays. It is never filled in. */
  url: string;
  addresses: string;
  subjects: AlertSubject[];
  isQuiet: boolean;
  from: string;
  to: string;
  urgentPasses: boolean;
  active: boolean;
}

export type ChannelField = 'name' | 'url' | 'addresses' | 'quiet';

export const NEW_CHANNEL: ChannelText = {
  kind: 'teams',
  name: '',
  url: '',
  addresses: '',
  subjects: [...ALERT_SUBJECTS],
  isQuiet: false,
  from: '20:00',
  to: '07:00',
  urgentPasses: true,
  active: true,
};

export function textOf({ kind, name, addresses, subjects, quiet, active }: Channel): ChannelText {
  return {
    ...NEW_CHANNEL,
    kind,
    name,
    addresses: addresses.join('\n'),
    subjects,
    active,
    isQuiet: quiet !== null,
    ...(quiet ?? {}),
  };
}

type Read<T> = { fields: T } | { wrong: ChannelField[] };

/** What would be sent to add a channel, or the fields that are not valid. */
export function newChannelOf(text: ChannelText): Read<CreateChannel> {
  const target = text.kind === 'teams' ? { url: text.url.trim() } : { addresses: listOf(text.addresses) };
  return readBy(CreateChannel.safeParse({ kind: text.kind, ...common(text), ...target }));
}

/** What would be sent to change one, or the fields that are not valid. */
export function changeOf(text: ChannelText, { version, kind }: Channel): Read<ChangeChannel> {
  const url = kind === 'teams' && text.url.trim() !== '' ? { url: text.url.trim() } : {};
  const addresses = kind === 'mail' ? { addresses: listOf(text.addresses) } : {};
  return readBy(ChangeChannel.safeParse({ version, ...common(text), ...url, ...addresses }));
}

type Parsed<T> = { success: true; data: T } | { success: false; error: { issues: { path: PropertyKey[] }[] } };

function readBy<T>(parsed: Parsed<T>): Read<T> {
  return parsed.success ? { fields: parsed.data } : { wrong: parsed.error.issues.map(({ path }) => fieldAt(String(path[0]))) };
}

function common({ name, subjects, isQuiet, from, to, urgentPasses, active }: ChannelText) {
  return { name, subjects: [...subjects], active, quiet: isQuiet ? { from, to, urgentPasses } : null };
}

function fieldAt(name: string): ChannelField {
  return name === 'url' || name === 'addresses' || name === 'quiet' ? name : 'name';
}

function listOf(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
