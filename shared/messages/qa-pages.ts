/** Words of the table for a spreadsheet and of the report for an inspection. For the server, which speaks both languages. */
export interface QaPageWords {
  readonly csv: Readonly<Record<'period' | 'from' | 'to' | 'done' | 'missed' | 'rate', string>>;
  readonly noSuggestion: string;
  readonly report: ReportWords;
}

interface ReportWords {
  readonly title: string;
  readonly span: (from: string, to: string) => string;
  readonly made: (at: string, by: string) => string;
  /** Numbers, or the places where they are put in. */
  readonly page: (page: string, pages: string) => string;
  readonly rules: (version: number, by: string, at: string, note: string) => string;
  readonly rulesOfStart: string;
  readonly source: (at: string) => string;
  readonly sourceNever: string;
  readonly summary: string;
  readonly machine: string;
  readonly notJudged: string;
  readonly controls: (type: string) => string;
  readonly columns: Readonly<
    Record<
      | 'type'
      | 'done'
      | 'missed'
      | 'rate'
      | 'period'
      | 'state'
      | 'control'
      | 'date'
      | 'name'
      | 'module'
      | 'conform'
      | 'text'
      | 'act'
      | 'day',
      string
    >
  >;
  readonly conform: Readonly<Record<'true' | 'false' | 'null', string>>;
  readonly released: (by: string, at: string, reason: string) => string;
  readonly outcome: Readonly<Record<'pass' | 'fail', string>>;
  readonly daily: string;
  readonly justifications: string;
  readonly remarks: string;
  readonly formerly: (by: string, at: string, text: string) => string;
  readonly expires: (at: string) => string;
  readonly withdrawn: (by: string, at: string) => string;
  readonly outages: string;
  readonly kinds: Readonly<Record<'fault' | 'downtime' | 'maintenance', string>>;
  readonly outage: (kind: string, from: string, to: string) => string;
  readonly open: string;
  readonly lost: (hours: string) => string;
  readonly ticked: (control: string, by: string, at: string) => string;
  readonly unticked: (control: string) => string;
  readonly cancelled: (by: string, at: string) => string;
  readonly returned: (by: string, at: string, remark: string) => string;
  readonly hash: (hash: string) => string;
  readonly none: string;
}

const fr: QaPageWords = {
  csv: { period: 'Période', from: 'Du', to: 'Au', done: 'Faits', missed: 'Manqués', rate: 'Taux (%)' },
  noSuggestion:
    'Aucune règle simple ne donne ce type à ce contrôle : sa machine est inconnue, son nom est exclu ou ne dit rien, ou son module est celui d’un autre type.',
  report: {
    title: 'Contrôles de qualité des machines',
    span: (from, to) => `Du ${from} au ${to}`,
    made: (at, by) => `Établi le ${at} par ${by}`,
    page: (page, pages) => `Page ${page} sur ${pages}`,
    rules: (version, by, at, note) => `Règles de classement : version ${version}, par ${by} le ${at}${note && ` (${note})`}`,
    rulesOfStart: 'Règles de classement : celles d’origine (version 0)',
    source: (at) => `Contrôles connus au ${at}`,
    sourceNever: 'La source des contrôles n’a jamais été lue',
    summary: 'Taux de réalisation',
    machine: 'Machine',
    notJudged: 'Aucun contrôle n’est demandé à cette machine.',
    controls: (type) => `${type} : périodes et contrôles`,
    columns: {
      type: 'Type',
      done: 'Faits',
      missed: 'Manqués',
      rate: 'Taux',
      period: 'Période',
      state: 'État',
      control: 'N°',
      date: 'Date',
      name: 'Contrôle',
      module: 'Module',
      conform: 'Conformité',
      text: 'Texte',
      act: 'Auteur',
      day: 'Jour',
    },
    conform: { true: 'conforme', false: 'non conforme', null: 'non connue' },
    released: (by, at, reason) => `levé par ${by} le ${at} : ${reason}`,
    outcome: { pass: 'conforme', fail: 'non conforme' },
    daily: 'Contrôles quotidiens saisis',
    justifications: 'Justifications',
    remarks: 'Remarques',
    formerly: (by, at, text) => `Avant la modification de ${by} le ${at} : ${text}`,
    expires: (at) => `Valable jusqu’au ${at}`,
    withdrawn: (by, at) => `Retirée par ${by} le ${at}`,
    outages: 'Pannes, arrêts et remises en service',
    kinds: { fault: 'Panne', downtime: 'Arrêt', maintenance: 'Maintenance' },
    outage: (kind, from, to) => `${kind} du ${from} au ${to}`,
    open: 'sans fin connue',
    lost: (hours) => `Heures ouvrées perdues : ${hours}`,
    ticked: (control, by, at) => `Fait : ${control}, par ${by} le ${at}`,
    unticked: (control) => `Non fait : ${control}`,
    cancelled: (by, at) => `Annulé par ${by} le ${at}`,
    returned: (by, at, remark) => `Remise en service signée par ${by} le ${at}${remark && ` : ${remark}`}`,
    hash: (hash) => `Empreinte SHA-256 de ce qui est signé : ${hash}`,
    none: 'Rien dans cette période.',
  },
};

const en: QaPageWords = {
  csv: { period: 'Period', from: 'From', to: 'To', done: 'Done', missed: 'Missed', rate: 'Rate (%)' },
  noSuggestion:
    'No simple rule gives this control that type: its machine is unknown, its name is excluded or says nothing, or its module is that of another type.',
  report: {
    title: 'Quality control of the machines',
    span: (from, to) => `From ${from} to ${to}`,
    made: (at, by) => `Made on ${at} by ${by}`,
    page: (page, pages) => `Page ${page} of ${pages}`,
    rules: (version, by, at, note) => `Rules of classification: version ${version}, by ${by} on ${at}${note && ` (${note})`}`,
    rulesOfStart: 'Rules of classification: those of the start (version 0)',
    source: (at) => `Controls known on ${at}`,
    sourceNever: 'The source of controls was never read',
    summary: 'Rates',
    machine: 'Machine',
    notJudged: 'No control is required of this machine.',
    controls: (type) => `${type}: periods and controls`,
    columns: {
      type: 'Type',
      done: 'Done',
      missed: 'Missed',
      rate: 'Rate',
      period: 'Period',
      state: 'State',
      control: 'No.',
      date: 'Date',
      name: 'Control',
      module: 'Module',
      conform: 'Conformity',
      text: 'Text',
      act: 'Author',
      day: 'Day',
    },
    conform: { true: 'conform', false: 'not conform', null: 'not known' },
    released: (by, at, reason) => `released by ${by} on ${at}: ${reason}`,
    outcome: { pass: 'conform', fail: 'not conform' },
    daily: 'Daily controls entered by hand',
    justifications: 'Justifications',
    remarks: 'Remarks',
    formerly: (by, at, text) => `Before ${by} changed it on ${at}: ${text}`,
    expires: (at) => `Holds until ${at}`,
    withdrawn: (by, at) => `Withdrawn by ${by} on ${at}`,
    outages: 'Faults, stops and returns to service',
    kinds: { fault: 'Fault', downtime: 'Downtime', maintenance: 'Maintenance' },
    outage: (kind, from, to) => `${kind} from ${from} to ${to}`,
    open: 'an unknown end',
    lost: (hours) => `Working hours lost: ${hours}`,
    ticked: (control, by, at) => `Done: ${control}, by ${by} on ${at}`,
    unticked: (control) => `Not done: ${control}`,
    cancelled: (by, at) => `Cancelled by ${by} on ${at}`,
    returned: (by, at, remark) => `Return to service signed by ${by} on ${at}${remark && `: ${remark}`}`,
    hash: (hash) => `SHA-256 of what was signed: ${hash}`,
    none: 'Nothing in this period.',
  },
};

/** Words of the spreadsheet and the report in a language. */
export function qaPageWordsOf(locale: 'fr' | 'en'): QaPageWords {
  return locale === 'fr' ? fr : en;
}
