import { newSipServer } from '../../../gateway/adapters/telephony/libraries.js';
import { required, serve } from './stay.js';

/** A drachtio application that answers every call with the same description and no media at all. */
const SDP = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 40000 RTP/AVP 0 101', 'a=rtpmap:101 telephone-event/8000', ''].join('\r\n');

const sip = newSipServer();
sip.invite((request, response) => {
  // A call that ended before its answer is no matter here: SIPp counts what came out.
  sip.createUAS(request, response, { localSdp: SDP, headers: {} }).catch(() => undefined);
});
sip.once('connect', () => serve({}));
sip.on('error', () => process.exit(1));
sip.connect({ host: required('DRACHTIO_HOST'), port: Number(required('DRACHTIO_PORT')), secret: required('DRACHTIO_SECRET') });
