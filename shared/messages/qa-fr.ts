import type { QaWords } from './qa-words.ts';

const TYPES: QaWords['types'] = { CQH: 'Hebdomadaire', CQM: 'Mensuel', CQS: 'Semestriel', CQQ: 'Quotidien' };

/** Words of quality control in French, the reference. */
export const qaFr: QaWords = {
  types: TYPES,
  states: { done: 'fait', missed: 'en retard', running: 'à faire', none: 'sans objet', justified: 'justifié' },
  leftOut: {
    excluded: 'Exclu par son nom',
    'machine.unknown': 'Machine inconnue',
    'type.unknown': 'Type inconnu : ni le nom ni le module ne le disent',
    'type.not-required': 'Type non demandé à cette machine',
    ambiguous: 'Deux types à la fois : compté, à vérifier',
    'date.missing': 'Sans date',
    'date.weekend': 'Fait un samedi ou un dimanche : hors de la semaine',
    'date.outside': 'Daté hors de toute période',
    'date.future': 'Daté dans le futur',
    duplicate: 'Même numéro qu’un autre contrôle, contenu différent',
  },
  light: (instant) => ({
    'stopped.downtime': ({ until }) => (until ? `Arrêt déclaré jusqu’au ${clock(until)}` : 'Arrêt déclaré, fin inconnue'),
    'stopped.maintenance': ({ until }) => (until ? `Maintenance déclarée jusqu’au ${clock(until)}` : 'Maintenance déclarée, fin inconnue'),
    'down.reported': ({ since, why }) => (why ? `Panne signalée le ${clock(since)} : ${why}` : `Panne signalée le ${clock(since)}`),
    'daily.failed': ({ day: failed }) => `Contrôle quotidien du ${day(failed)} non conforme`,
    'daily.missing': ({ dueHour }) => `Contrôle quotidien non fait à ${dueHour}`,
    'period.missed': ({ type, label }) => `${TYPES[type]} ${label} manqué, et le suivant n’est pas fait`,
    'period.justified': ({ type, label }) => `${TYPES[type]} ${label} manqué, justifié`,
    'control.not-conform': ({ type, at }) => `${TYPES[type]} du ${clock(at)} non conforme`,
    'source.never': () => 'La source n’a jamais été lue',
    'source.old': ({ sinceMs }) => `Source muette, dernière lecture le ${instant(sinceMs)}`,
    'source.silent': ({ sinceMs }) => `La source ne répond plus depuis le ${instant(sinceMs)}`,
    'period.due': ({ type, label, to }) => `${TYPES[type]} ${label} à faire avant la fin du ${day(to)}`,
  }),
  csv: {
    empty: () => 'Le fichier est vide.',
    encoding: () => 'Le fichier n’est pas un texte.',
    separator: ({ column }) => `Les colonnes sont séparées par ${JSON.stringify(column)} ; il faut un point-virgule.`,
    columns: ({ column }) => `Il manque les colonnes ${column}.`,
    quotes: ({ line }) => `Ligne ${line} : un guillemet n’est pas fermé.`,
    fields: ({ line, value }) => `Ligne ${line} : ${value} colonnes seulement.`,
    number: ({ line, column, value }) => `Ligne ${line} : ${column} n’est pas un nombre (${JSON.stringify(value)}).`,
    date: ({ line, column, value }) => `Ligne ${line} : ${column} n’est pas une date (${JSON.stringify(value)}).`,
  },
  pattern: {
    invalid: (rule, detail) => `La règle ${rule} n’est pas un motif valable : ${detail}`,
    empty: (rule) => `La règle ${rule} accepte un texte vide : elle retiendrait presque tous les noms.`,
  },
};

function day(text: string): string {
  return `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)}`;
}

function clock(at: string): string {
  return `${day(at)} à ${at.slice(11, 16)}`;
}
