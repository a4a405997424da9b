import { en as words } from '#shared/messages/en.ts';
import { qaEn as qa } from '#shared/messages/qa-en.ts';
import { en as texts } from '../messages/en.ts';
import type { Language } from '../language.ts';

export const language: Language = { locale: 'en', texts, words, qa };
