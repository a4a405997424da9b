/** A page of a list that goes on with a cursor. */
export interface Page<T> {
  items: T[];
  next?: string | undefined;
}

/** A list that is read page by page and follows nothing by itself: read anew when asked. */
export class PagedList<T> {
  items = $state.raw<T[]>();
  next = $state<string>();
  loading = $state(false);
  error = $state.raw<unknown>();
  /** When it was read, device's clock. */
  readAt = $state<number>();
  #load: (cursor: string | undefined) => Promise<Page<T>>;
  #turn = 0;

  constructor(load: (cursor: string | undefined) => Promise<Page<T>>) {
    this.#load = load;
  }

  /** Reads from the start. */
  reload(): Promise<void> {
    return this.#read(undefined);
  }

  /** Reads the next page. */
  async more(): Promise<void> {
    if (this.next !== undefined && !this.loading) await this.#read(this.next);
  }

  async #read(cursor: string | undefined): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const page = await this.#load(cursor);
      if (turn !== this.#turn) return; // the filters changed meanwhile
      this.items = cursor === undefined ? page.items : [...(this.items ?? []), ...page.items];
      this.next = page.next;
      this.error = undefined;
      this.readAt = Date.now();
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }
}
