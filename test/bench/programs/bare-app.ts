import { newMediaResourceFunction, newSipServer, type Endpoint, type MediaServer, type SipDialog } from '../../../gateway/adapters/telephony/libraries.js';
import { required, serve } from './stay.js';

/**
 * What somebody would write with drachtio-srf and drachtio-fsmrf alone: an endpoint, the answer, and in mode `ivr` two prompts that a
 * key stops and one that is heard to its end; in mode `hello` one prompt until the caller hangs up.
 */
const [long, short, mode] = [required('LONG_PROMPT'), required('SHORT_PROMPT'), required('MODE')];

interface Call {
  readonly server: MediaServer;
  readonly endpoint: Endpoint;
  readonly dialog: SipDialog;
}

async function serveCall(call: Call): Promise<void> {
  const { server, endpoint, dialog } = call;
  dialog.on('destroy', () => void server.api(`uuid_kill ${endpoint.uuid}`));
  if (mode === 'hello') {
    await endpoint.execute('playback', long);
    return;
  }
  await playUntil(call, '1');
  await playUntil(call, '2');
  await endpoint.execute('playback', short);
  dialog.destroy({}, () => undefined);
  await server.api(`uuid_kill ${endpoint.uuid}`);
}

/** Plays until that key comes; without it the call hangs, and counts as failed for the caller. */
function playUntil({ server, endpoint }: Call, key: string): Promise<void> {
  const keyed = new Promise<void>((resolve) => {
    const onDtmf = (event: { readonly dtmf?: string }): void => {
      if (event.dtmf !== key) return;
      endpoint.off('dtmf', onDtmf);
      void server.api(`uuid_break ${endpoint.uuid}`);
      resolve();
    };
    endpoint.on('dtmf', onDtmf);
  });
  return Promise.all([endpoint.execute('playback', long), keyed]).then(() => undefined);
}

const address = (name: string) => ({ host: required(`${name}_HOST`), port: Number(required(`${name}_PORT`)), secret: required(`${name}_SECRET`) });
const sip = newSipServer();
sip.on('error', () => process.exit(1));
sip.once('connect', () => {
  const freeswitch = address('FREESWITCH');
  void newMediaResourceFunction(sip)
    .connect({ address: freeswitch.host, port: freeswitch.port, secret: freeswitch.secret, listenAddress: '127.0.0.1', advertisedAddress: '127.0.0.1' })
    .then((server) => {
      sip.invite((request, response) => {
        const answered = server.createEndpoint({ remoteSdp: request.body, headers: {} }).then(async (endpoint) => {
          const dialog = await sip.createUAS(request, response, { localSdp: endpoint.local.sdp, headers: {} });
          await endpoint.set({ playback_terminators: 'none' });
          return serveCall({ server, endpoint, dialog });
        });
        // A call that breaks counts as failed at the caller's end.
        answered.catch(() => undefined);
      });
      serve({});
    });
});
sip.connect(address('DRACHTIO'));
