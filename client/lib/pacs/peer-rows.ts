import { m } from '../i18n/index.ts';
import type { Peer } from '#shared/pacs/schemas.ts';
import { fieldsOf, type PeerFields } from './peer-fields.ts';

/** What is stored beside what was typed, field by field. */
export function rowsOf(newer: Peer, typed: PeerFields): { label: string; stored: string; typed: string }[] {
  const [stored, texts] = [fieldsOf(newer), m.pacs.peers];
  const word = (on: boolean) => (on ? texts.yes : texts.no);
  const rights = (fields: PeerFields) => fields.rights.map((right) => texts.rights[right]).join(', ') || texts.noRights;
  return [
    { label: texts.aeTitle, stored: stored.aeTitle, typed: typed.aeTitle },
    { label: texts.host, stored: stored.host, typed: typed.host },
    { label: texts.port, stored: stored.port || texts.anyPort, typed: typed.port || texts.anyPort },
    { label: texts.rightsLegend, stored: rights(stored), typed: rights(typed) },
    { label: texts.active, stored: word(stored.active), typed: word(typed.active) },
    { label: texts.tls, stored: word(stored.tls), typed: word(typed.tls) },
    { label: texts.checkAddress, stored: word(stored.checkAddress), typed: word(typed.checkAddress) },
    { label: texts.note, stored: stored.note, typed: typed.note },
  ];
}
