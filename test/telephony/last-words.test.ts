import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFile } from '../../gateway/project.js';
import { Exchange } from '../support/exchange.js';
import { findPrompts } from '../support/heard-prompts.js';

/** Its first words are a recording that is not there, and so are those of its error way. */
const BROKEN = `purpose: Breaks twice.
owner: test
reviewBy: 2030-01-01
expect: the caller hears the last words
languages: [sv]
start: hello
error: sorry
prompts:
  hello: { sv: Hej., files: { sv: not-there-1.wav } }
  sorry: { sv: Hej., files: { sv: not-there-2.wav } }
nodes:
  hello: { do: say, prompt: hello, next: sorry }
  sorry: { do: hangup, prompt: sorry }
`;

describe('a flow that breaks twice', () => {
  let exchange: Exchange;
  const folder = mkdtempSync(join(tmpdir(), 'vx-flows-'));
  beforeAll(async () => {
    cpSync(projectFile('ivr-flows'), folder, { recursive: true });
    writeFileSync(join(folder, 'flows', 'broken.yaml'), BROKEN);
    const centre = readFileSync(join(folder, 'contact-centre.yaml'), 'utf8');
    writeFileSync(join(folder, 'contact-centre.yaml'), centre.replace('numbers:\n', `numbers:\n  "203": { flow: broken, language: sv, lastResort: { do: tell, prompt: call-later } }\n`));
    exchange = await Exchange.start({ flowsDir: folder });
  });
  afterAll(async () => {
    await exchange.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lets the caller hear the number’s last words to their end, then ends as a fault of ours', async () => {
    const call = await exchange.call('', { to: `sip:203@${exchange.sip}` });
    expect((await call.finished).result).toBe('completed');
    const says = exchange.log.of('says', call.call.sipCallId);
    expect(says.map((line) => line.fields['prompts'])).toEqual([['hello'], ['sorry'], ['call-later']]);
    const [heard] = await findPrompts(call.recording(), [says.at(-1)?.fields['files'] as string[]]);
    expect(heard?.isWhole).toBe(true);
    expect([...exchange.thread.interactions.values()].map((one) => one.data.result)).toContain('serverError/flow-failed');
  });
});
