import { sveltekit } from '@sveltejs/kit/vite';
import type { parseAst, Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

type ProgramNode = ReturnType<typeof parseAst>;

const SCHEMAS = ['params', 'query', 'body', 'reply', 'summary'];

/**
 * The built client needs of a call of the contract its method and address only: the server has validated the reply, and development does so again. Its
 * schemas are left out, and the imports of them, which would put the validation library beside the calls into the first load.
 */
function addressesOnly(): Plugin {
  return {
    name: 'vigie:addresses-only',
    apply: 'build',
    transform: {
      filter: { id: /\/shared\/\w+\/api\.ts$/ },
      handler(code) {
        let kept = code;
        for (const statement of this.parse(code).body.toReversed()) {
          const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : undefined;
          const init = declared?.type === 'VariableDeclaration' ? declared.declarations[0]?.init : undefined;
          const described = init?.type === 'CallExpression' ? init.arguments[0] : undefined;
          if (described?.type !== 'ObjectExpression') continue;
          const properties = described.properties
            .filter((one) => one.type === 'Property' && one.key.type === 'Identifier' && !SCHEMAS.includes(one.key.name))
            .map((one) => code.slice(one.start, one.end));
          kept = `${kept.slice(0, described.start)}{ ${properties.join(', ')} }${kept.slice(described.end)}`;
        }
        return { code: withoutIdleImports(kept, this.parse(kept)), map: null };
      },
    },
  };
}

/** The code without imports of which it uses nothing. */
function withoutIdleImports(code: string, { body }: ProgramNode): string {
  let kept = code;
  for (const statement of body.toReversed()) {
    if (statement.type !== 'ImportDeclaration') continue;
    const rest = kept.slice(0, statement.start) + kept.slice(statement.end);
    if (!statement.specifiers.some(({ local }) => new RegExp(String.raw`\b${local.name}\b`).test(rest))) kept = rest;
  }
  return kept;
}

export default defineConfig({
  plugins: [sveltekit(), addressesOnly()],
  build: {
    target: 'es2022',
    rolldownOptions: {
      // The contract is pure: a schema that no page uses is left out.
      treeshake: { moduleSideEffects: [{ test: /\/shared\//, sideEffects: false }] },
      // What every page needs in one file: fifty small ones would compress badly, each with its own headers.
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'base',
              test: /\/client\/lib\/(ui|i18n|api|live|session|shell)\/(?!languages|messages)|\/node_modules\/(?!zod|@lucide|chart)/,
            },
            {
              name: 'contract',
              test: /\/shared\/\w+\/(api|statuses|workflow|lights|rules|\w+-rules)\.ts|\/shared\/(roles|http|time|text|topics|realtime)\.ts/,
            },
            { name: 'icons', test: /@lucide/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  // SvelteKit needs its own older `cookie`; left outside the bundle, the build would load whichever version lies at the top of node_modules.
  ssr: { noExternal: ['cookie'] },
  test: {
    projects: [
      { test: { name: 'shared', include: ['shared/**/*.test.ts'] } },
      { test: { name: 'server', include: ['server/**/*.test.ts', 'scripts/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 } },
      { extends: true, test: { name: 'client', include: ['client/**/*.test.ts'], setupFiles: ['client/lib/testing/texts.ts'] } },
      {
        extends: true,
        test: { name: 'e2e', include: ['e2e/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
      },
    ],
  },
});
