import { locale } from '../i18n/index.ts';

// As the application does before it shows anything.
await locale.start();
