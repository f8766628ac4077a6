import { z } from 'zod';
import { flowSourceSchema } from '../../core/flow/release.js';
import type { ReleaseStore } from '../../ports/release-store.js';
import type { AskedGateway } from './asked-gateway.js';

const answerSchema = z.object({ source: flowSourceSchema.nullable() });

/** What versions were published with, by way of a gateway. Rejects with the reason when it cannot say, or there is none. */
export const publishedVersions = (gateway: AskedGateway | null): Pick<ReleaseStore, 'source'> => ({
  source: async (version) => {
    if (gateway === null) throw new Error('no running gateway was found');
    const answer = await gateway.ask(`/v1/flows/versions/${version}`);
    if (!answer.ok) throw new Error(answer.why);
    return answerSchema.parse(answer.body).source;
  },
});
