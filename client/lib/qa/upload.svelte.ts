import type { Reply } from '#shared/http.ts';
import { uploadCsvCall } from '#shared/qa/api.ts';
import { call } from '../api/index.ts';
import { m } from '../i18n/index.ts';
import { Act } from './act.svelte.ts';

/** 60 million characters of base64. */
const MOST_BYTES = 45_000_000;
/** A hundred thousand controls are read, stored and judged before the answer comes. */
const TIME_LIMIT_MS = 120_000;

/** A CSV export that is given to the server. */
export class CsvUpload {
  file = $state.raw<File>();
  mode = $state<'add' | 'whole'>('add');
  problem = $state<string>();
  result = $state.raw<Reply<typeof uploadCsvCall>>();
  readonly act = new Act();

  choose(file: File | undefined): void {
    this.file = file;
    this.result = undefined;
    this.problem = file && file.size > MOST_BYTES ? m.qa.source.tooBig : undefined;
  }

  async send(): Promise<void> {
    const { file } = this;
    if (!file) this.problem = m.qa.source.noFile;
    if (!file || this.problem !== undefined) return;
    this.result = await this.act.run(async () => {
      const base64 = await base64Of(file);
      const body = { name: file.name, whole: this.mode === 'whole', base64 };
      return call(uploadCsvCall, { body }, { timeLimitMs: TIME_LIMIT_MS });
    });
  }
}

/** The bytes of a file in base64. */
function base64Of(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result.slice(reader.result.indexOf(',') + 1) : '');
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'));
    reader.readAsDataURL(file);
  });
}
