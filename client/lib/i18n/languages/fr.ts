import { fr as words } from '#shared/messages/fr.ts';
import { qaFr } from '#shared/messages/qa-fr.ts';
import type { Messages } from '../messages/shape.ts';
import { fr as texts } from '../messages/fr.ts';
import type { Language } from '../language.ts';
import { spacedAll } from '../typography.ts';

export const language: Language = { locale: 'fr', texts: spacedAll<Messages>(texts), words: spacedAll(words), qa: spacedAll(qaFr) };
