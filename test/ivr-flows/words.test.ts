import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../gateway/project.js';

/** A word that a language would allow, and the one that callers and agents read and hear for the same thing. */
const INSTEAD: readonly (readonly [language: 'sv' | 'nb', other: RegExp, ours: string])[] = [
  ['nb', /melding/i, 'beskjed'],
];

const yamlIn = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name));

/** Every line that the language is said or shown in: of the desk, and of the prompts and names of the content. */
function linesIn(language: 'sv' | 'nb'): readonly string[] {
  const desk = readFileSync(projectFile('gateway', 'desk', 'page', `texts-${language}.ts`), 'utf8').split('\n');
  const content = yamlIn(projectFile('ivr-flows')).flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  return [...desk, ...content.filter((line) => new RegExp(`\\b${language}:`).test(line))];
}

describe('the texts of the desk and of the sample content', () => {
  it.each(INSTEAD)('in %s have one word for one thing: none of %s, which is "%s"', (language, other) => {
    expect(linesIn(language).length).toBeGreaterThan(100);
    expect(linesIn(language).filter((line) => other.test(line))).toEqual([]);
  });
});
