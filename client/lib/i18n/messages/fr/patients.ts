/** Words of the patients' page and of the patient form. */
export const patients = {
  title: 'Patients',
  search: 'Nom ou IPP',
  create: 'Nouveau patient',
  list: 'Liste des patients',
  empty: 'Aucun patient, créez le premier.',
  emptyRead: 'Aucun patient pour l’instant.',
  nothingFound: (text: string) => `Aucun patient ne commence par « ${text} ».`,
  more: 'Afficher la suite',
  shown: (n: string, more: boolean) => (more ? `${n} premiers patients` : `${n} patients`),
  columns: { name: 'Nom', ipp: 'IPP', birth: 'Naissance', age: 'Âge', sex: 'Sexe' },
  years: (n: number) => `${n} ans`,
  sexes: { F: 'Féminin', M: 'Masculin', O: 'Autre', U: 'Inconnu' },
  fields: { ipp: 'IPP', lastName: 'Nom', firstName: 'Prénom', birthDate: 'Date de naissance', sex: 'Sexe' },
  ippHint: 'Identifiant permanent du patient, comme sur son étiquette.',
  required: 'À remplir.',
  tooLong: 'Trop long.',
  badDay: 'Cette date n’existe pas.',
  future: 'Cette date est dans l’avenir.',
  tooOld: 'Vérifiez l’année de naissance.',
  save: 'Enregistrer',
  createSave: 'Créer le patient',
  saved: (name: string) => `Patient ${name} enregistré.`,
  exists: 'Un patient a déjà cet IPP.',
  similarTitle: (n: number) =>
    n === 1
      ? 'Un patient très proche existe déjà, rien n’a été enregistré'
      : `${n} patients très proches existent déjà, rien n’a été enregistré`,
  similarWhy: 'Comparez le nom, la date de naissance et l’IPP avant de confirmer.',
  confirmCreate: 'C’est une autre personne : créer quand même',
  confirmChange: 'C’est une autre personne : enregistrer quand même',
  useThis: 'Choisir ce patient',
  open: 'Ouvrir',
  changedTitle: 'Quelqu’un a modifié ce patient entre-temps, rien n’a été enregistré',
  identity: 'Identité',
  edit: 'Corriger l’identité',
  dossiers: 'Dossiers',
  noDossier: 'Aucun dossier pour ce patient.',
  newDossier: 'Nouveau dossier',
  closePanel: 'Fermer',
};

export type PatientsMessages = typeof patients;
