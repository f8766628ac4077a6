import { parseNameAddr, parseUri, tagOf } from '../../sip/address.js';
import type { IncomingCall } from '../../sip/incoming-call.js';
import type { Channel } from './channel.js';

const MAX_COPIED_HEADERS = 100;

/** Writes what the INVITE says into variables, under the names the real server uses. `X-…` headers become `sip_h_X-…`. */
export function noteInvite(channel: Channel, call: IncomingCall, profileUrl: string): void {
  const { uri, headers } = call.invite;
  const from = parseNameAddr(headers.get('from') ?? '');
  const caller = parseUri(from?.uri ?? '');
  const contact = parseUri(parseNameAddr(headers.get('contact') ?? '')?.uri ?? '');
  const target = parseUri(uri);
  const hostPort = (host: string | undefined, port: number | undefined): string => (port === undefined ? (host ?? '') : `${host ?? ''}:${port}`);
  const values: readonly (readonly [string, string | undefined])[] = [
    ['direction', 'inbound'], ['uuid', channel.uuid], ['call_uuid', channel.uuid], ['session_id', String(channel.owner.sessionsSinceStart)],
    ['sip_from_user', caller?.user], ['sip_from_host', caller?.host], ['sip_from_port', caller?.port?.toString()],
    ['sip_from_uri', caller && `${caller.user ?? ''}@${hostPort(caller.host, caller.port)}`],
    ['channel_name', `sofia/drachtio_mrf/${caller?.user ?? ''}@${hostPort(caller?.host, caller?.port)}`],
    ['sip_call_id', call.sipCallId], ['sip_from_tag', tagOf(headers.get('from'))], ['sip_to_tag', call.localTag], ['sip_network_ip', contact?.host],
    ['sip_network_port', contact?.port?.toString()], ['sip_received_ip', contact?.host], ['sip_via_protocol', 'udp'],
    ['sofia_profile_name', 'drachtio_mrf'], ['sofia_profile_url', profileUrl], ['recovery_profile_name', 'drachtio_mrf'],
    ['sip_full_from', headers.get('from')], ['sip_full_to', headers.get('to')], ['sip_full_via', headers.get('via')],
    ['sip_req_user', target?.user], ['sip_req_host', target?.host], ['sip_req_port', target?.port?.toString()], ['sip_to_user', target?.user], ['sip_to_host', target?.host],
    ['sip_contact_user', contact?.user], ['sip_contact_host', contact?.host], ['sip_contact_port', contact?.port?.toString()],
    ['sip_user_agent', headers.get('user-agent')], ['max_forwards', headers.get('max-forwards')],
  ];
  for (const [name, value] of values) channel.vars.set(name, value ?? '');
  for (const [name, value] of headers.entries().slice(0, MAX_COPIED_HEADERS)) if (/^X-/i.test(name)) channel.vars.set(`sip_h_${name}`, value);
}
