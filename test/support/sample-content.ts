import { readContent, type Content } from '../../gateway/content.js';
import { projectFile } from '../../gateway/project.js';

/** The sample folder of flows as a gateway reads it. */
export const sampleContent = (): Content => readContent(projectFile('ivr-flows'), { BILLING_URL: 'http://127.0.0.1:1' });
