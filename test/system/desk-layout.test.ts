import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../gateway/core/screen/messages.js';
import { DeskRig } from '../support/desk-rig.js';

const READY = (): ServerEvent => ({ type: 'agent', state: { phase: 'ready', since: Date.now() } });

/** Pixels that the chosen language lacks for its name and its arrow; text, as this file is not compiled for a browser. */
const LANGUAGE_LACKS = `(() => {
  const select = document.querySelector('select');
  const { font } = getComputedStyle(select);
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = font;
  return pen.measureText(select.selectedOptions[0].text).width + 18 - select.clientWidth;
})()`;

describe('where things stand on the agent desk', () => {
  let rig: DeskRig;
  let page: Page;
  beforeAll(async () => {
    rig = await DeskRig.open();
  });
  afterAll(() => rig.close());
  beforeEach(async () => {
    rig.complaints.length = 0;
    await rig.stopServing();
    await rig.serve(0);
    rig.host.present = [READY()];
  });
  afterEach(async () => {
    await rig.leavePages();
    expect(rig.complaints).toEqual([]);
  });

  const signedIn = async (options: Parameters<DeskRig['page']>[0]): Promise<void> => {
    page = await rig.page(options);
    await page.getByText('Anna Berg').waitFor();
  };

  it.each(['en-GB', 'sv-SE', 'nb-NO'])('shows the name of the chosen language in full at 380 px: %s', async (locale) => {
    await signedIn({ locale, width: 380, height: 800 });
    expect(await page.evaluate(LANGUAGE_LACKS)).toBeLessThanOrEqual(0);
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
    await rig.shot(page, `50-header-380-${locale}`);
  });
});
