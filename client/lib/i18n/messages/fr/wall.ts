export const wall = {
  title: 'Écran mural',
};

export type WallMessages = typeof wall;
