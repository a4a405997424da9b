import type { SignedItem, Status } from '#shared/dossiers/statuses.ts';
import type { Dossier, Move } from '#shared/dossiers/schemas.ts';
import { directionOf } from '#shared/dossiers/workflow.ts';
import { m, words } from '../i18n/index.ts';
import { live } from '../live/index.ts';
import { session } from '../session/session.svelte.ts';
import { announcer } from '../ui/announcer.svelte.ts';
import type { Part } from './changed-parts.ts';
import type { DossierState } from './dossier.svelte.ts';
import { groupItems, nextOf, withLight, type ItemGroups } from './items.ts';
import { canBeSigned } from './signed-part.ts';
import { writesOf, type Writes } from './writes.ts';

/** The server's own limit; the page's clock runs in whole seconds behind it. */
const UNDO_MS = 10_000;

/** What is open on the page, and what this person may do here now. */
export class View {
  readonly page: DossierState;
  readonly writes: Writes;
  editing = $state(false);
  goingBack = $state(false);
  signing = $state<SignedItem>();
  /** The step whose missing conditions are shown, and whether it was tried. */
  asked = $state.raw<{ target: Status; tried: boolean }>();
  /** The last fetch failed: what is shown may be old. */
  old = $derived.by(() => this.page.dossierFeed.error !== undefined);
  /** The server is there: moves may be made, a closed dossier's undo too. */
  connected = $derived.by(() => !live.lost && !this.old);
  rings: readonly Part[] = $derived.by(() => this.page.arrived?.parts ?? []);

  constructor(page: DossierState) {
    this.page = page;
    this.writes = writesOf(page);
  }

  get clinical(): boolean {
    return session.can('dossiers:read-clinical');
  }

  writable(dossier: Dossier): boolean {
    return this.connected && dossier.status !== 'CLOTURE';
  }

  next(dossier: Dossier): Status | undefined {
    return this.page.workflow && nextOf(this.page.workflow, dossier.status);
  }

  groups(dossier: Dossier): ItemGroups {
    return groupItems(withLight(dossier.items, this.page.light, live.coarse), dossier.status, this.next(dossier));
  }

  /** Milliseconds left to take the own last move back. */
  get undoLeftMs(): number {
    const until = this.page.undoUntil;
    return until === undefined ? 0 : Math.min(UNDO_MS, Math.max(0, until - live.now));
  }

  /** The steps from where the dossier is: those judged for the status before the last move mean nothing any more. */
  get moves(): Move[] {
    const { workflow, dossier, moves } = this.page;
    return workflow && dossier ? moves.filter((move) => directionOf(workflow, dossier.status, move.target) === move.direction) : [];
  }

  /** The moves back that this role may make. */
  get backMoves(): Move[] {
    return this.moves.filter((move) => move.direction === 'back' && !move.reasons.some((reason) => reason.rule === 'role'));
  }

  maySign(dossier: Dossier, item: SignedItem): boolean {
    const signers = dossier.items.find((one) => one.code === item)?.tickedBy ?? [];
    const mine = session.role !== undefined && signers.includes(session.role) && session.can('dossiers:sign');
    return mine && this.writable(dossier) && canBeSigned(dossier, item);
  }

  async move(target: Status, comment?: string): Promise<void> {
    const done = await this.page.move(target, comment);
    this.asked = !done && this.page.acts.failures.move?.kind === 'refused' ? { target, tried: true } : undefined;
    if (!done) return; // what was typed in the dialog stays there
    this.goingBack = false;
    announcer.say(words().statuses[target]);
  }

  async undo(): Promise<void> {
    if (await this.page.undo()) announcer.say(m.dossier.undone);
  }

  startSigning(item: SignedItem): void {
    this.page.acts.clear('sign');
    this.signing = item;
  }

  stopSigning(): void {
    this.signing = undefined;
    this.page.acts.clear('sign');
  }

  async sign(given: { password: string; comment: string | undefined }, untouched: () => boolean): Promise<void> {
    if (this.signing && (await this.writes.sign({ item: this.signing, ...given }, untouched))) this.signing = undefined;
  }

  dismissMove(): void {
    this.asked = undefined;
    this.page.acts.clear('move');
  }

  stopEditing(): void {
    this.editing = false;
    this.page.acts.clear('facts');
  }
}
