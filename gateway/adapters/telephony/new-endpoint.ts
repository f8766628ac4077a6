import type { ChannelDialog, Endpoint, MediaServer } from './libraries.js';

type EndpointOptions = Parameters<MediaServer['createEndpoint']>[0];

/** FreeSWITCH answered, and hung up before the channel was ours. */
class ChannelGone extends Error {
  constructor() {
    super('FreeSWITCH hung up the channel that it had just answered');
  }
}

const NOT_ACCEPTABLE = 488;

/**
 * An endpoint on that media server. Without a free RTP port FreeSWITCH hangs up a channel that has no offer, and refuses one with an offer as
 * if no codec fitted; whether one does is known by then (admission.ts). Such a channel is asked for once more: the next one gets another port.
 * Rejects with what fsmrf says, or when the second one comes to nothing as well.
 */
export function newEndpoint(server: MediaServer, options: EndpointOptions): Promise<Endpoint> {
  return attempt(server, options).catch((error: unknown) => (mayHaveLackedPort(error) ? attempt(server, options) : Promise.reject(error)));
}

const mayHaveLackedPort = (error: unknown): boolean => error instanceof ChannelGone || (error instanceof Error && 'status' in error && error.status === NOT_ACCEPTABLE);

/**
 * fsmrf waits four seconds for the socket of a channel, whether or not FreeSWITCH has hung up meanwhile, and then ends the dialog by a
 * promise that nobody holds, whose rejection would end the process. It makes the dialog through this view of the server, where the end is
 * heard and ending it never rejects.
 */
function attempt(server: MediaServer, options: EndpointOptions): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    const createUAC = async (...request: readonly unknown[]): Promise<ChannelDialog> => {
      const dialog = await server.srf.createUAC(...request);
      dialog.once('destroy', () => reject(new ChannelGone()));
      const destroy = dialog.destroy.bind(dialog);
      dialog.destroy = (...how) => (how.some((one) => typeof one === 'function') ? destroy(...how) : destroy(...how).catch(() => undefined));
      return dialog;
    };
    const view = Object.create(server, { srf: { value: { createUAC } } }) as MediaServer;
    view.createEndpoint(options).then(resolve, reject);
  });
}
