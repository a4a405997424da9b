import type { ScreensMessages } from '../fr/screens.ts';

export const screens: ScreensMessages = {
  title: 'Screens',
};
