import { listAssociationsCall } from '#shared/pacs/api.ts';
import type { Association } from '#shared/pacs/schemas.ts';
import { call } from '../api/index.ts';
import { locale } from '../i18n/index.ts';
import { live, type Fact } from '../live/index.ts';
import { hasFailed } from './associations.ts';
import { belongs, csvHref, NO_FILTERS, queryOf, type Filters } from './history-filters.ts';

const PAGE = 50;

/** The ended associations that the filters match, the latest first; those that end while it is in view come in on top. */
export class History {
  filters = $state.raw<Filters>(NO_FILTERS);
  items = $state.raw<Association[]>();
  next = $state<string>();
  total = $state(0);
  failed = $state(0);
  loading = $state(false);
  error = $state.raw<unknown>();
  csv = $derived(csvHref(this.filters, live.coarse, locale.timezone));
  #turn = 0;

  start(): () => void {
    return live.watch('pacs', { onStale: () => void this.reload(), onEvent: (fact: Fact) => this.#follow(fact) });
  }

  filter(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    void this.reload();
  }

  reload(): Promise<void> {
    return this.#read(undefined);
  }

  async more(): Promise<void> {
    if (this.next !== undefined && !this.loading) await this.#read(this.next);
  }

  async #read(cursor: string | undefined): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const query = { ...queryOf(this.filters, live.serverTime(), locale.timezone), limit: PAGE, cursor };
      const page = await call(listAssociationsCall, { query });
      if (turn !== this.#turn) return;
      this.items = cursor === undefined ? page.items : [...(this.items ?? []), ...page.items];
      [this.next, this.total, this.failed, this.error] = [page.next, page.total, page.failed, undefined];
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  #follow(fact: Fact): void {
    if (fact.type !== 'pacs:associations' || this.items === undefined) return;
    const now = Date.parse(fact.at);
    const { items } = this;
    // The two counts are those of the filters but `failed`.
    const counted = fact.data.changed.filter(
      (one) => !items.some((known) => known.id === one.id) && belongs(one, { ...this.filters, failed: false }, now, locale.timezone),
    );
    if (counted.length === 0) return;
    const shown = counted.filter((one) => !this.filters.failed || hasFailed(one));
    this.total += counted.length;
    this.failed += counted.filter(hasFailed).length;
    this.items = [...shown, ...items].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }
}
