export const board = {
  title: 'Dossiers',
};

export type BoardMessages = typeof board;
