import tseslint from 'typescript-eslint';

/**
 * The folders of the project and what each may import. `core` is pure; everything points inwards.
 * A pattern in `forbid` that an import matches is an error that names the rule.
 */
const layer = (files, forbid, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: forbid.map((what) => (what instanceof RegExp ? { regex: what.source, message } : { group: what, message })) }] },
});

const NODE_IO = ['node:*', 'fs', 'net', 'dgram', 'http', 'child_process', 'os', 'crypto', 'timers', 'events'];
const LIBRARIES = ['drachtio-*', 'ws', 'pino', 'ioredis', 'pg', '@electric-sql/*', 'alawmulaw'];

const IMPURE_GLOBALS = [
  { name: 'setTimeout', message: 'core asks for timers by an effect' },
  { name: 'setInterval', message: 'core asks for timers by an effect' },
  { name: 'process', message: 'core has no environment' },
  { name: 'console', message: 'core does not log' },
  { name: 'fetch', message: 'core does no I/O' },
];
const IMPURE_MEMBERS = [
  { object: 'Date', property: 'now', message: 'core gets the time in the event' },
  { object: 'Math', property: 'random', message: 'core gets ids in the event' },
  { object: 'performance', property: 'now', message: 'core gets the time in the event' },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'var/**', 'coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: ['./tsconfig.json', './gateway/desk/page/tsconfig.json'] } },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'use a literal union' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } }],
    },
  },
  { files: ['*.config.*'], rules: { 'no-restricted-exports': 'off' } },
  layer(['gateway/core/**/*.ts'], [NODE_IO, LIBRARIES, ['**/ports/**', '**/app/**', '**/adapters/**', '**/cli/**', '**/media/**']], 'core imports only core, zod (and yaml in flow/load.ts and acd/set-agent-skills.ts)'),
  {
    files: ['gateway/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
      'no-restricted-properties': ['error', ...IMPURE_MEMBERS],
    },
  },
  layer(['gateway/ports/**/*.ts'], [NODE_IO, LIBRARIES, ['**/app/**', '**/adapters/**', '**/cli/**', '**/media/**']], 'ports import types from core only'),
  layer(['gateway/app/**/*.ts'], [LIBRARIES, ['**/adapters/**', '**/cli/**', '**/media/**']], 'app imports core and ports'),
  layer(['gateway/adapters/**/*.ts'], [['**/app/**', '**/cli/**', '**/media/**'], /^\.\.\/[^.]/], 'an adapter imports ports, core and its own library; never another adapter'),
  layer(['media/**/*.ts'], [['**/gateway/**']], 'media is a program of its own and never imports the gateway'),
);
