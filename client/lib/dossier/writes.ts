import {
  changeDossierCall,
  endSessionCall,
  signCall,
  startSessionCall,
  tickItemCall,
  writePlanCall,
  writePrescriptionCall,
} from '#shared/dossiers/api.ts';
import type { ChangeDossier, EndSession, PlanFields, PrescriptionFields, Sign, TickItem } from '#shared/dossiers/schemas.ts';
import type { ItemCode } from '#shared/dossiers/statuses.ts';
import { call } from '../api/index.ts';
import { m, words } from '../i18n/index.ts';
import type { DossierState } from './dossier.svelte.ts';

type Untouched = () => boolean;

/** What can be written on a dossier's page, besides its moves. Each answers whether it was done; why not stands in `state.acts.failures`. */
export function writesOf(page: DossierState) {
  const { id, acts } = page;
  const params = { id };
  const itemNow = (code: ItemCode) => (page.dossier?.items.find((item) => item.code === code)?.done ? m.dossier.done : m.dossier.notDone);
  const sessionsNow = () => m.dossier.sessionCount(page.dossier?.sessions.done ?? 0, String(page.dossier?.sessions.prescribed ?? '–'));
  return {
    tick: (code: ItemCode, tick: Omit<TickItem, 'version'>) => {
      const item = words().items[code];
      const wanted = tick.done ? m.dossier.tick(item) : m.dossier.untick(item);
      return acts.run({
        area: 'items',
        wanted,
        now: () => itemNow(code),
        send: (version) => call(tickItemCall, { params: { id, code }, body: { ...tick, version } }),
      });
    },
    sign: (act: Omit<Sign, 'version'>, untouched: Untouched) =>
      acts.run({
        area: 'sign',
        wanted: m.dossier.signTitle(m.dossier.acts[act.item].object),
        untouched,
        send: (version) => call(signCall, { params, body: { ...act, version } }),
      }),
    change: (fields: Omit<ChangeDossier, 'version'>, untouched: Untouched) =>
      acts.run({
        area: 'facts',
        wanted: m.dossier.editFacts,
        untouched,
        send: (version) => call(changeDossierCall, { params, body: { ...fields, version } }),
      }),
    prescription: (fields: PrescriptionFields, untouched: Untouched) =>
      acts.run({
        area: 'prescription',
        wanted: m.dossier.writePrescription,
        untouched,
        send: (version) => call(writePrescriptionCall, { params, body: { ...fields, version } }),
      }),
    plan: (fields: PlanFields, untouched: Untouched) =>
      acts.run({
        area: 'plan',
        wanted: m.dossier.writePlan,
        untouched,
        send: (version) => call(writePlanCall, { params, body: { ...fields, version } }),
      }),
    startSession: (checklist: Record<string, boolean>) =>
      acts.run({
        area: 'sessions',
        wanted: m.dossier.sessionStart,
        now: sessionsNow,
        send: (version) => call(startSessionCall, { params, body: { checklist, version } }),
      }),
    endSession: (number: number, end: Omit<EndSession, 'version'>) =>
      acts.run({
        area: 'sessions',
        wanted: m.dossier.sessionDone,
        now: sessionsNow,
        send: (version) => call(endSessionCall, { params: { id, number }, body: { ...end, version } }),
      }),
  };
}

export type Writes = ReturnType<typeof writesOf>;
