import type { BoardMessages } from '../fr/board.ts';

export const board: BoardMessages = {
  title: 'Dossiers',
};
