/** Words of the components that belong to no page. */
export const ui = {
  optional: '(facultatif)',
  close: 'Fermer',
  cancel: 'Annuler',
  save: 'Enregistrer',
  undo: 'Annuler l’action',
  retry: 'Réessayer',
  loading: 'Chargement…',
  search: 'Rechercher',
  nextTry: (at: string) => `Prochain essai à ${at}.`,
  seenAt: (at: string) => `vu à ${at}`,
  neverSeen: 'jamais vu',
  refused: (n: number) => (n === 1 ? 'Une condition manque, rien n’a été enregistré' : `${n} conditions manquent, rien n’a été enregistré`),
  others: (n: string) => `+ ${n}`,
  priorityOf: {
    low: 'Priorité basse',
    normal: 'Priorité normale',
    high: 'Priorité haute',
    urgent: 'Priorité urgente',
  },
  priority: { low: 'Basse', normal: 'Normale', high: 'Haute', urgent: 'Urgente' },
  offline: 'Le serveur ne répond pas. Rien n’a été enregistré.',
  timedOut: 'Le serveur n’a pas répondu à temps. Vérifiez avant de recommencer.',
  unreadable: 'La réponse du serveur est illisible.',
  units: { second: 's', minute: 'min', hour: 'h', day: 'j', bytes: ['o', 'ko', 'Mo', 'Go', 'To'] as const },
  male: 'H',
  female: 'F',
};

export type UiMessages = Omit<typeof ui, 'units'> & {
  units: Record<'second' | 'minute' | 'hour' | 'day', string> & { bytes: readonly string[] };
};
