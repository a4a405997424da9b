import type { LeftOutReason } from '../qa/classify.ts';
import type { QaType } from '../qa/controls.ts';
import type { LightReason } from '../qa/machine-light.ts';
import type { PeriodState } from '../qa/states.ts';

/** Sentences of the reasons of a light, one per code. Dates come as the site's clock shows them. */
export type LightSentences = { readonly [Code in LightReason['code']]: (reason: ReasonOf<Code>) => string };
type ReasonOf<Code, Reason = LightReason> = Reason extends { readonly code: infer Codes } ? (Code extends Codes ? Reason : never) : never;

/** Words of quality control in one language. */
export interface QaWords {
  readonly types: Readonly<Record<QaType, string>>;
  readonly states: Readonly<Record<PeriodState | 'justified', string>>;
  readonly leftOut: Readonly<Record<LeftOutReason, string>>;
  /** Sentences of a light; `instant` puts an instant in words, in the site's zone. */
  readonly light: (instant: (ms: number) => string) => LightSentences;
  readonly csv: Readonly<Record<'empty' | 'encoding' | 'separator' | 'columns' | 'quotes' | 'fields' | 'number' | 'date', CsvSentence>>;
  readonly pattern: Readonly<Record<'invalid' | 'empty', (rule: string, detail: string) => string>>;
}

type CsvSentence = (fault: { readonly line: number; readonly column: string; readonly value: string }) => string;
