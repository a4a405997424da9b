export const screens = {
  title: 'Écrans',
};

export type ScreensMessages = typeof screens;
