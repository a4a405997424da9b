import { rateOf, type Cell } from '#shared/qa/states.ts';
import type { PdfBlock } from '#server/platform/pdf/index.ts';
import { countOf, latestFirst } from '../pages/page.ts';
import type { JustificationRow, RemarkRow } from '../records-model.ts';
import { endOf, type MachineRecord } from './collect.ts';
import type { Sayings } from './words.ts';

type Text = Extract<PdfBlock, { kind: 'text' }>;

/** The chapter of one machine. */
export function machineBlocks(record: MachineRecord, say: Sayings): PdfBlock[] {
  const { words } = say;
  const justifications = record.justifications.flatMap((row) => justificationBlocks(row, say));
  const remarks = record.remarks.flatMap((row) => writtenBlocks(row, say));
  const outages = record.outages.flatMap((one) => outageBlocks(one, say));
  return [
    { kind: 'heading', level: 1, text: record.machine.name, newPage: true },
    ...(record.types.length === 0 ? [text(words.notJudged)] : [ratesTable(record, say)]),
    ...record.types.flatMap(({ type, cells }) => typeBlocks(record, { type, cells }, say)),
    ...(record.daily.length === 0 ? [] : dailyBlocks(record, say)),
    ...section(words.justifications, justifications, say),
    ...section(words.remarks, remarks, say),
    ...section(words.outages, outages, say),
  ];
}

/** Done, missed and rate of each machine and type. */
export function summaryTable(records: readonly MachineRecord[], say: Sayings): PdfBlock {
  const { machine, columns } = say.words;
  return {
    kind: 'table',
    columns: [{ title: machine, width: 4 }, ...ratesColumns(columns)],
    rows: records.flatMap(({ machine: { name }, types }) => types.map((one) => [name, ...ratesRow(one, say)])),
  };
}

function ratesTable({ types }: MachineRecord, say: Sayings): PdfBlock {
  return { kind: 'table', columns: ratesColumns(say.words.columns), rows: types.map((one) => ratesRow(one, say)) };
}

function ratesColumns({ type, done, missed, rate }: Sayings['words']['columns']) {
  return [{ title: type, width: 4 }, ...[done, missed, rate].map((title) => ({ title, width: 2, right: true }))];
}

function ratesRow({ type, cells }: MachineRecord['types'][number], { qa, percent }: Sayings): string[] {
  const { done, missed } = countOf(cells);
  return [qa.types[type], String(done), String(missed), percent(rateOf(done, missed))];
}

function typeBlocks(record: MachineRecord, { type, cells }: MachineRecord['types'][number], say: Sayings): PdfBlock[] {
  const { words, qa } = say;
  const { period, state, date, control, name, conform } = words.columns;
  return [
    { kind: 'heading', level: 2, text: words.controls(qa.types[type]) },
    cells.length === 0
      ? text(words.none)
      : {
          kind: 'table',
          columns: [
            { title: period, width: 2.6 },
            { title: state, width: 2 },
            { title: date, width: 3.3 },
            { title: control, width: 1.8 },
            { title: name, width: 5.6 },
            { title: conform, width: 3.4 },
          ],
          rows: cells.flatMap((cell) => cellRows(record, cell, say)),
        },
  ];
}

/** A line per control of a period; one without any when there is none. */
function cellRows({ releases }: MachineRecord, { period, state, justified, controls }: Cell, say: Sayings): string[][] {
  const { words, qa, wall, instant } = say;
  const begin = [period.label, justified ? `${qa.states.missed}, ${qa.states.justified}` : qa.states[state]];
  if (controls.length === 0) return [[...begin, '', '', '', '']];
  const inOrder = controls.toSorted((a, b) => latestFirst(b, a));
  return inOrder.map(({ id, at, name, conform }, index) => {
    const release = releases.get(id);
    const conformity = words.conform[`${conform}`];
    return [
      ...(index === 0 ? begin : ['', '']),
      wall(at),
      String(id),
      name,
      release ? `${conformity}, ${words.released(release.by, instant(release.at), release.reason)}` : conformity,
    ];
  });
}

function dailyBlocks({ daily }: MachineRecord, { words, wall, instant }: Sayings): PdfBlock[] {
  const { day, state, text: remark, act } = words.columns;
  return [
    { kind: 'heading', level: 2, text: words.daily },
    {
      kind: 'table',
      columns: [
        { title: day, width: 2 },
        { title: state, width: 2 },
        { title: remark, width: 6 },
        { title: act, width: 4 },
      ],
      rows: daily.map((row) => [wall(row.day), words.outcome[row.outcome], row.remark, `${row.by}, ${instant(row.at)}`]),
    },
  ];
}

function justificationBlocks(row: JustificationRow, say: Sayings): Text[] {
  const { words, instant } = say;
  return [
    ...writtenBlocks(row, say),
    ...(row.expires ? [under(words.expires(instant(row.expires)))] : []),
    ...(row.withdrawn ? [under(words.withdrawn(row.withdrawn.by, instant(row.withdrawn.at)))] : []),
  ];
}

/** What somebody wrote to a period, with every earlier wording. */
function writtenBlocks({ type, period, text: said, by, at, edits }: RemarkRow, { words, qa, wall, instant }: Sayings): Text[] {
  return [
    { kind: 'text', bold: true, text: `${qa.types[type]}, ${wall(period)}` },
    under(said, false),
    under(`${by}, ${instant(at)}`),
    ...edits.map((edit) => under(words.formerly(edit.by, instant(edit.at), edit.text))),
  ];
}

function outageBlocks({ row, lostMin }: MachineRecord['outages'][number], { words, instant, hours }: Sayings): Text[] {
  const end = endOf(row);
  return [
    { kind: 'text', bold: true, text: words.outage(words.kinds[row.kind], instant(row.from), end ? instant(end) : words.open) },
    ...(row.why === '' ? [] : [under(row.why, false)]),
    under(`${row.declared.by}, ${instant(row.declared.at)}`),
    ...(row.cancelled ? [under(words.cancelled(row.cancelled.by, instant(row.cancelled.at)))] : []),
    ...(row.cancelled ? [] : [under(words.lost(hours(lostMin)))]),
    ...row.controls.map(({ name, done }) => under(done ? words.ticked(name, done.by, instant(done.at)) : words.unticked(name))),
    ...(row.ended
      ? [under(words.returned(row.ended.by, instant(row.ended.at), row.ended.remark), false), under(words.hash(row.ended.hash))]
      : []),
  ];
}

function section(title: string, blocks: readonly PdfBlock[], { words }: Sayings): PdfBlock[] {
  return [{ kind: 'heading', level: 2, text: title }, ...(blocks.length > 0 ? blocks : [text(words.none)])];
}

function text(said: string): Text {
  return { kind: 'text', text: said };
}

function under(said: string, quiet = true): Text {
  return { kind: 'text', text: said, indent: true, quiet };
}
