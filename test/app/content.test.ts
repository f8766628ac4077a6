import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Catalogue } from '../../gateway/catalogue.js';
import { ContentError, readContent } from '../../gateway/content.js';
import { projectFile } from '../../gateway/project.js';

const ENVIRONMENT = { BILLING_URL: 'http://127.0.0.1:1' };
const FLOW = 'flows/invoice-extension.yaml';

describe('a folder of flows', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vx-content-'));
    cpSync(projectFile('ivr-flows'), folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Replaces text in a file; gives the line it stood in. */
  function change(file: string, from: string | RegExp, to: string): number {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const at = text.search(from);
    if (at < 0) throw new Error(`${file} has no ${String(from)}`);
    writeFileSync(path, text.replace(from, to));
    return text.slice(0, at).split('\n').length;
  }

  function faults(environment: NodeJS.ProcessEnv = ENVIRONMENT): string {
    try {
      readContent(folder, environment);
    } catch (error) {
      if (error instanceof ContentError) return error.message;
      throw error;
    }
    return '';
  }

  it('gives the agents who have a token, anew after a reload', () => {
    const environment: NodeJS.ProcessEnv = { VAXEL_AGENT_ANNA_TOKEN: 'a-long-random-token' };
    const catalogue = new Catalogue(readContent(folder, ENVIRONMENT), environment);
    expect(catalogue.deskAgents().map((agent) => agent.id)).toEqual(['anna']);
    expect(catalogue.deskAgents()).toBe(catalogue.deskAgents());
    environment['VAXEL_AGENT_BO_TOKEN'] = 'another-long-random-token';
    catalogue.replace(readContent(folder, ENVIRONMENT));
    expect(catalogue.deskAgents().map((agent) => agent.id)).toEqual(['anna', 'bo']);
  });

  it('is read as a whole', () => {
    const content = readContent(folder, ENVIRONMENT);
    expect([...content.flows.keys()].sort()).toEqual(['balance', 'invoice-copy', 'invoice-extension', 'main-menu', 'opening-hours-callback', 'outage', 'own-invoice', 'satisfaction', 'who-is-calling']);
    expect(content.connectors.has('billing')).toBe(true);
    expect(content.centre.queues.size).toBeGreaterThan(0);
    expect(content.prompts.size).toBeGreaterThan(0);
  });

  it('with a flow that is no YAML is refused with file, line and fix', () => {
    writeFileSync(join(folder, FLOW), 'purpose: test\nnodes: [\n');
    expect(faults()).toMatch(/^flows\/invoice-extension\.yaml:\d+:\d+.*Fix: .+/m);
  });

  it('with a key that leads nowhere is refused with file, line, node and fix', () => {
    const line = change(FLOW, /0: person/, '0: nobody-there');
    const told = faults();
    expect(told).toMatch(new RegExp(`^flows/invoice-extension\\.yaml:${line}:\\d+.*nobody-there.*Fix: .+`, 'm'));
  });

  it.each([
    ['a number whose flow does not exist', 'contact-centre.yaml', /flow: invoice-extension/, 'flow: invoice-extention'],
    ['a queue that needs an unknown skill', 'contact-centre.yaml', /needs: \{ billing: 3 \}/, 'needs: { biling: 3 }'],
    ['a setting that nobody knows', 'contact-centre.yaml', /ringTimeoutMs: 15000/, 'ringTimeout: 15000'],
    ['a number whose last words do not exist', 'contact-centre.yaml', /prompt: call-later/, 'prompt: call-sooner'],
  ] as const)('with %s is refused with file, line and fix', (_what, file, from, to) => {
    const line = change(file, from, to);
    expect(faults()).toMatch(new RegExp(`^${file}:${line}:\\d+: .+ Fix: .+`, 'm'));
  });

  it('with a queue that a flow asks for and nobody serves is refused', () => {
    change('contact-centre.yaml', /^ {2}billing:\n {4}name/m, '  bills:\n    name');
    expect(faults()).toMatch(/flows\/invoice-extension\.yaml:\d+:\d+.*"billing".*Fix: /);
  });

  it('with a connector file that is faulty is refused with file and fix', () => {
    writeFileSync(join(folder, 'connectors/billing.yaml'), 'url: 7\n');
    expect(faults()).toMatch(/^connectors\/billing\.yaml:\d+:\d+: .+ Fix: .+/m);
  });

  it('is refused for a faulty connector file also when no flow uses it', () => {
    writeFileSync(join(folder, 'connectors/unused.yaml'), 'url: 7\n');
    expect(faults()).toMatch(/^connectors\/unused\.yaml:\d+:\d+: .+ Fix: .+/m);
  });

  it('with an announcement for blocked callers has a flow that says it and ends the call, in the languages of the prompt', () => {
    change('contact-centre.yaml', /^numbers:/m, 'blocked: { announce: call-later }\nnumbers:');
    const content = readContent(folder, ENVIRONMENT);
    expect(content.flows.get('blocked-callers')).toMatchObject({ first: 'tell', languages: ['sv', 'nb', 'en'] });
    writeFileSync(join(folder, 'flows/blocked-callers.yaml'), readFileSync(join(folder, 'flows/balance.yaml')));
    expect(readContent(folder, ENVIRONMENT).flows.get('blocked-callers')?.first).not.toBe('tell');
  });

  it('names the faults of all files at once', () => {
    change(FLOW, /0: person/, '0: nobody-there');
    change('contact-centre.yaml', /prompt: call-later/, 'prompt: call-sooner');
    expect(faults()).toMatch(/nobody-there/);
    expect(faults()).toMatch(/call-sooner/);
  });

  it('whose connector needs a variable that is not set is refused by its name', () => {
    expect(faults({})).toMatch(/BILLING_URL \(billing, knowledge\) is not set. Fix: set it/);
  });

  it('ignores hidden files and tests of flows', () => {
    writeFileSync(join(folder, 'flows/.draft.yaml'), 'not: [a flow');
    writeFileSync(join(folder, 'flows/some.test.yaml'), 'not: [a flow');
    expect(faults()).toBe('');
  });
});
