/** Words of the page Machines: may this machine treat? */
export const machines = {
  title: 'Machines',
  caption: 'Feu de chaque machine en service, maintenant',
  columns: { machine: 'Machine', light: 'Feu', reason: 'Raison', since: 'Mis', until: 'Jusqu’à', by: 'Par', set: 'Mettre le feu' },
  empty: 'Aucune machine en service. L’administrateur les inscrit au registre.',
  notSet: 'Aucun feu mis aujourd’hui. La machine ne traite pas tant qu’il manque.',
  midnight: 'minuit',
  blocking: (n: string, one: boolean) => (one ? `${n} machine ne traite pas` : `${n} machines ne traitent pas`),
  allTreat: 'Toutes les machines traitent',
  set: (light: string, machine: string) => `${machine} : mettre ${light.toLowerCase()}`,
  setTitle: (machine: string) => `Feu de ${machine}, jusqu’à minuit`,
  chooseReason: 'Raison en un geste',
  reason: 'Autre raison',
  reasonMissing: 'Donnez la raison : elle s’affiche sur chaque écran.',
  save: 'Mettre ce feu',
  said: (machine: string, light: string) => `${machine} : ${light.toLowerCase()}`,
  presets: {
    green: ['Contrôle quotidien conforme', 'Contrôle refait, conforme', 'Remise en service'],
    amber: ['Contrôle hebdomadaire à faire ce soir', 'Dérive à surveiller', 'Contrôle mensuel à faire'],
    red: ['Contrôle quotidien non conforme', 'Panne', 'Contrôle quotidien non fait'],
  },
  kinds: {
    linac: 'Accélérateur',
    tomotherapy: 'Tomothérapie',
    ct: 'Scanner',
    petct: 'TEP-TDM',
    spect: 'Gamma-caméra',
    spectct: 'TEMP-TDM',
  },
  statuses: { available: 'En service', degraded: 'Mode dégradé', down: 'En panne', maintenance: 'En maintenance' },
  qaTypes: { CQQ: 'Quotidien', CQH: 'Hebdomadaire', CQM: 'Mensuel', CQS: 'Semestriel' },
};

type Machines = typeof machines;
export type MachinesMessages = Omit<Machines, 'presets'> & { presets: Record<keyof Machines['presets'], readonly string[]> };
