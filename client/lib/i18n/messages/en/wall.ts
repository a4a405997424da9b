import type { WallMessages } from '../fr/wall.ts';

export const wall: WallMessages = {
  title: 'Wall screen',
};
