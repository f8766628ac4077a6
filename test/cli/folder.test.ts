import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, OWNER_ONLY } from '../../gateway/cli/folder.js';
import { vaxel } from '../../gateway/cli/vaxel.js';
import { UNMAKEABLE } from '../support/unmakeable.js';
import { printed } from './flow/printed.js';

describe('a folder for what a command writes', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vx-folder-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made with those above it, for its owner alone where asked, and is left empty', () => {
    const deep = join(folder, 'a', 'b');
    makeFolder(deep, '--var', OWNER_ONLY);
    makeFolder(deep, '--var', OWNER_ONLY);
    expect([statSync(join(folder, 'a')).mode & 0o777, statSync(deep).mode & 0o777, readdirSync(deep)]).toEqual([0o700, 0o700, []]);
  });

  it.each([
    ['that no file system takes', () => UNMAKEABLE, 'ENOENT'],
    ['in a folder that takes no files', () => '/proc', 'ENOENT'],
    ['below a file', () => join(folder, 'file', 'a'), 'ENOTDIR'],
    ['that is a file', () => join(folder, 'file'), 'ENOTDIR'],
  ])('%s is refused with its path and what to do', (_, pathOf, code) => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(pathOf(), '--var')).toThrow(`${pathOf()}: no folder can be made or written there (${code}): make it writable, or name another one with --var`);
  });

  it.each([
    [['up', '--var', UNMAKEABLE], UNMAKEABLE, '--var'],
    [['call', '--to', 'sip:1@127.0.0.1:9', '--wav', join(UNMAKEABLE, 'x.wav')], UNMAKEABLE, '--wav'],
    [['flow', 'schema', '--out', join(UNMAKEABLE, 'x.json')], UNMAKEABLE, '--out'],
    [['flow', 'diagram', 'invoice-extension', '--page', join(UNMAKEABLE, 'x.html')], UNMAKEABLE, '--page'],
  ])('ends a command that cannot have it at once: %j', async (args, path, option) => {
    expect(await printed(vaxel, ...args)).toMatchObject({ status: 2, text: expect.stringMatching(new RegExp(`: ${path}: no folder can be made.* ${option}$`)) });
  });
});
