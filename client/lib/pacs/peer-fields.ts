import { AeTitle, CreatePeer, PEER_RIGHTS, type Peer, type PeerRight } from '#shared/pacs/schemas.ts';

/** What stands in the form of a peer; the port as it is typed. */
export interface PeerFields {
  aeTitle: string;
  host: string;
  port: string;
  rights: PeerRight[];
  tls: boolean;
  checkAddress: boolean;
  active: boolean;
  note: string;
}
export type PeerProblems = Partial<Record<'aeTitle' | 'host' | 'port', true>>;

export const NEW_PEER: PeerFields = {
  aeTitle: '',
  host: '',
  port: '',
  rights: ['echo', 'store'],
  tls: false,
  checkAddress: false,
  active: true,
  note: '',
};

/** A stored peer as the form shows it. */
export function fieldsOf({ aeTitle, host, port, rights, tls, checkAddress, active, note }: Peer): PeerFields {
  const ordered = PEER_RIGHTS.filter((right) => rights.includes(right));
  return { aeTitle, host, port: port === null ? '' : String(port), rights: ordered, tls, checkAddress, active, note };
}

/** Which fields cannot be saved as they are. */
export function problemsIn({ aeTitle, host, port }: PeerFields): PeerProblems {
  return {
    ...(!AeTitle.safeParse(aeTitle).success && { aeTitle: true as const }),
    ...(!CreatePeer.shape.host.safeParse(host).success && { host: true as const }),
    ...(!/^\d*$/.test(port.trim()) || (port.trim() !== '' && !inRange(Number(port))) ? { port: true as const } : {}),
  };
}

/** What is sent. */
export function sentOf({ aeTitle, host, port, note, ...rest }: PeerFields) {
  return { ...rest, aeTitle: aeTitle.trim(), host: host.trim(), port: port.trim() === '' ? null : Number(port), note: note.trim() };
}

export function sameFields(a: PeerFields, b: PeerFields): boolean {
  return JSON.stringify(sentOf(a)) === JSON.stringify(sentOf(b));
}

function inRange(port: number): boolean {
  return port >= 1 && port <= 65_535;
}
