export const dossier = {
  title: 'Dossier',
};

export type DossierMessages = typeof dossier;
