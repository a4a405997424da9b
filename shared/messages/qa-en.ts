import type { QaWords } from './qa-words.ts';

const TYPES: QaWords['types'] = { CQH: 'Weekly', CQM: 'Monthly', CQS: 'Half-yearly', CQQ: 'Daily' };

/** Words of quality control in English; the same keys as in French. */
export const qaEn: QaWords = {
  types: TYPES,
  states: { done: 'done', missed: 'late', running: 'to do', none: 'not applicable', justified: 'justified' },
  leftOut: {
    excluded: 'Excluded by its name',
    'machine.unknown': 'Unknown machine',
    'type.unknown': 'Unknown type: neither name nor module tells it',
    'type.not-required': 'A type not asked of this machine',
    ambiguous: 'Two types at once: counted, to be checked',
    'date.missing': 'Without a date',
    'date.weekend': 'Done on a Saturday or a Sunday: outside the week',
    'date.outside': 'Dated outside every period',
    'date.future': 'Dated in the future',
    duplicate: 'The number of another control, with other content',
  },
  light: (instant) => ({
    'stopped.downtime': ({ until }) => (until ? `Declared down until ${clock(until)}` : 'Declared down, end unknown'),
    'stopped.maintenance': ({ until }) => (until ? `Maintenance declared until ${clock(until)}` : 'Maintenance declared, end unknown'),
    'down.reported': ({ since, why }) => (why ? `Fault reported on ${clock(since)}: ${why}` : `Fault reported on ${clock(since)}`),
    'daily.failed': ({ day }) => `Daily control of ${day} not conform`,
    'daily.missing': ({ dueHour }) => `Daily control not done by ${dueHour}`,
    'period.missed': ({ type, label }) => `${TYPES[type]} ${label} missed, and the next one is not done`,
    'period.justified': ({ type, label }) => `${TYPES[type]} ${label} missed, justified`,
    'control.not-conform': ({ type, at }) => `${TYPES[type]} of ${clock(at)} not conform`,
    'source.never': () => 'The source was never read',
    'source.old': ({ sinceMs }) => `Source silent, last read on ${instant(sinceMs)}`,
    'source.silent': ({ sinceMs }) => `The source has not answered since ${instant(sinceMs)}`,
    'period.due': ({ type, label, to }) => `${TYPES[type]} ${label} due by the end of ${to}`,
  }),
  csv: {
    empty: () => 'The file is empty.',
    encoding: () => 'The file is not a text.',
    separator: ({ column }) => `Columns are separated by ${JSON.stringify(column)}; a semicolon is needed.`,
    columns: ({ column }) => `Columns are missing: ${column}.`,
    quotes: ({ line }) => `Line ${line}: a quote is not closed.`,
    fields: ({ line, value }) => `Line ${line}: only ${value} columns.`,
    number: ({ line, column, value }) => `Line ${line}: ${column} is not a number (${JSON.stringify(value)}).`,
    date: ({ line, column, value }) => `Line ${line}: ${column} is not a date (${JSON.stringify(value)}).`,
  },
  pattern: {
    invalid: (rule, detail) => `The rule ${rule} is not a valid pattern: ${detail}`,
    empty: (rule) => `The rule ${rule} accepts an empty text: it would take nearly every name.`,
  },
};

function clock(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`;
}
