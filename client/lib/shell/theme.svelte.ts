import { keep, kept } from '../storage.ts';

export type ThemeChoice = 'light' | 'dark' | 'system';
const KEY = 'vigie.theme';

/** Light, dark, or as the system says. `before-paint.js` reads the same word before the first paint. */
class Theme {
  choice = $state<ThemeChoice>(read());

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    keep(KEY, choice);
    this.apply();
  }

  apply(): void {
    const dark = this.choice === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : this.choice === 'dark';
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  }

  /** Follows the system's change while that is the choice. */
  follow(): () => void {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => this.apply();
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }
}

function read(): ThemeChoice {
  const stored = kept(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

export const theme = new Theme();
