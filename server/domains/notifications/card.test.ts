import { describe, expect, it } from 'vitest';
import { messageOf } from '#server/platform/teams/index.ts';
import { card } from './card.ts';
import { letter } from './letter.ts';
import type { AlertContent } from './model.ts';

const content = (fields: Partial<AlertContent> = {}): AlertContent => ({
  title: 'Versa HD 3 est bloquée',
  facts: [{ label: 'Machine', value: 'Versa HD 3' }],
  items: ['Contrôle S46 manqué'],
  path: '/qa',
  tone: 'danger',
  ...fields,
});
const alert = (fields: Partial<AlertContent> = {}) => ({ reference: 'VHD3-1', content: content(fields) });
const sizeOf = (made: ReturnType<typeof card>): number => Buffer.byteLength(JSON.stringify(messageOf(made)));

describe('a card', () => {
  it('says title, list, facts and reference, and leads to the page', () => {
    expect(card(alert(), 'fr', 'https://vigie.example')).toMatchObject({
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        { type: 'TextBlock', text: 'Versa HD 3 est bloquée', color: 'Attention', wrap: true },
        { type: 'TextBlock', text: '• Contrôle S46 manqué' },
        {
          type: 'FactSet',
          facts: [
            { title: 'Machine', value: 'Versa HD 3' },
            { title: 'Référence', value: 'VHD3-1' },
          ],
        },
      ],
      actions: [{ type: 'Action.OpenUrl', title: 'Ouvrir dans Vigie', url: 'https://vigie.example/qa' }],
    });
  });

  it('has no link when no address of the site is known', () => {
    expect(card(alert(), 'en', null)).not.toHaveProperty('actions');
  });

  it.each([
    ['[cliquez](https://evil.example)', '\\[cliquez\\](https://evil.example)'],
    ['salle_2 *urgent*', 'salle\\_2 \\*urgent\\*'],
    ['{{DATE(2026-01-01T00:00:00Z)}}', '{\u200B{DATE(2026-01-01T00:00:00Z)}}'],
    ['${1+1}', '${1+1}'],
    ['1. un\n- deux', '1\\. un - deux'],
    ['<b>x</b>', '\\<b\\>x\\</b\\>'],
  ])('shows %j as it was typed', (typed, sent) => {
    expect(card(alert({ title: typed }), 'fr', null).body).toMatchObject([{ text: sent }, {}, {}]);
  });

  it('stays under 21 KB whatever is put in it, and says how many are missing', () => {
    const items = Array.from({ length: 5000 }, (_, n) => `Machine ${n} ${'é'.repeat(500)}`);
    const facts = Array.from({ length: 500 }, (_, n) => ({ label: `F${n}`, value: 'à'.repeat(5000) }));
    for (const made of [card(alert({ items }), 'fr', null), card(alert({ items: items.map((one) => one.slice(0, 20)) }), 'fr', null)]) {
      expect(sizeOf(made)).toBeLessThanOrEqual(21_000);
      const texts = (made.body as { text?: string }[]).flatMap(({ text }) => (text?.startsWith('•') ? [text] : [])); // built above
      expect(texts.at(-1)).toBe(`• et ${5000 - (texts.length - 1)} autres`);
      expect(texts.length).toBeGreaterThan(10);
    }
    expect(sizeOf(card(alert({ items: [], facts, title: 'ü'.repeat(9000) }), 'fr', null))).toBeLessThanOrEqual(21_000);
  });
});

describe('mail', () => {
  it('says the same as text and as HTML, with nothing of it taken for HTML', () => {
    const made = letter(alert({ items: ['<script>alert(1)</script>'] }), 'fr', {
      publicUrl: 'https://vigie.example',
      site: 'Val-de-Brume',
    });
    expect(made.subject).toBe('Val-de-Brume · Versa HD 3 est bloquée');
    expect(made.text).toBe(
      'Versa HD 3 est bloquée\n\n- <script>alert(1)</script>\n\nMachine\u00A0: Versa HD 3\nRéférence\u00A0: VHD3-1\n\nhttps://vigie.example/qa\n',
    );
    expect(made.html).toContain('<li>&lt;script&gt;alert(1)&lt;/script&gt;</li>');
    expect(made.html).toContain('href="https://vigie.example/qa"');
    expect(made.html).not.toContain('<script');
  });
});
