import type { DossierMessages } from '../fr/dossier.ts';

export const dossier: DossierMessages = {
  title: 'Dossier',
};
