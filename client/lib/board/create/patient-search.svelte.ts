import { listPatientsCall } from '#shared/patients/api.ts';
import type { Patient } from '#shared/patients/schemas.ts';
import { call } from '../../api/index.ts';

const PAUSE_MS = 200;
const SHOWN = 8;

/** Patients whose name or IPP begins with what is typed, while it is typed. */
export class PatientSearch {
  text = $state('');
  found = $state.raw<readonly Patient[]>();
  error = $state.raw<unknown>();
  #aborter: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks again once the typing pauses; an older answer never replaces a newer one. */
  typed(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#aborter?.abort();
    if (text.trim() === '') this.found = undefined;
    else this.#timer = setTimeout(() => void this.#ask(text.trim()), PAUSE_MS);
  }

  async #ask(q: string): Promise<void> {
    const aborter = (this.#aborter = new AbortController());
    try {
      const page = await call(listPatientsCall, { query: { q, limit: SHOWN } }, { signal: aborter.signal });
      if (aborter.signal.aborted) return;
      this.found = page.items;
      this.error = undefined;
    } catch (error) {
      if (!aborter.signal.aborted) this.error = error;
    }
  }
}
