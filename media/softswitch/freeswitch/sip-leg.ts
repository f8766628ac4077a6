import { randomInt } from 'node:crypto';
import type { IncomingCall } from '../../sip/incoming-call.js';
import type { Reinvite } from '../../sip/reinvite.js';
import type { Channel, Leg } from './channel.js';
import type { ChannelMedia } from './channel-media.js';
import { causeOfReason, reasonHeader } from './hangup-cause.js';
import { peerHolds, peerResumes } from './hold-music.js';
import type { Agreement, LocalDescription } from './sdp-media.js';
import { agreeOn, answerSdp, isOnHold, offerSdp, withDirectionLast } from './sdp-media.js';

/** The SIP dialog of one channel: answers, re-INVITEs, BYE, and what they mean for the media. */
export class SipLeg implements Leg {
  readonly #call: IncomingCall;
  readonly #media: ChannelMedia;
  readonly #host: string;
  readonly #sessionId = randomInt(1_000_000_000, 2_000_000_000);
  #version = this.#sessionId;
  #agreement: Agreement | undefined;
  #taken: string | undefined;
  #channel: Channel | undefined;

  constructor(opts: { call: IncomingCall; media: ChannelMedia; host: string }) {
    this.#call = opts.call;
    this.#media = opts.media;
    this.#host = opts.host;
  }

  /** Couples the dialog's events to the channel. */
  attach(channel: Channel): void {
    this.#channel = channel;
    const call = this.#call;
    call.on('ended', ({ by, reason, request }) => {
      if (by === 'remote') channel.hangup(causeOfReason(request?.headers.get('reason')));
      else if (reason !== 'bye') channel.hangup('RECOVERY_ON_TIMER_EXPIRE');
    });
    call.on('failed', () => channel.hangup('ORIGINATOR_CANCEL'));
    call.on('reinvite', (reinvite) => this.#reinvited(reinvite));
    // After an offer of ours the peer's description comes with its ACK.
    call.on('media', ({ sdp }) => {
      if (sdp !== this.#taken) this.#take(sdp);
    });
  }

  /** Answers an INVITE that carried an offer. */
  answer(): void {
    if (this.#call.remoteSdp === undefined) return;
    this.#take(this.#call.remoteSdp);
    if (this.#agreement !== undefined) this.#call.answer(this.#describe(answerSdp(this.#nextDescription(), this.#agreement)));
  }

  /** Answers an INVITE without description by an offer of ours; resolves with the ACK, false if it brought no usable description. */
  offer(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#call.once('acknowledged', ({ sdp }) => {
        if (sdp !== undefined) this.#take(sdp);
        resolve(this.#agreement !== undefined);
      });
      this.#call.once('ended', () => resolve(false));
      this.#call.answer(this.#describe(offerSdp(this.#nextDescription())));
    });
  }

  end(cause: string): void {
    this.#call.hangUp([reasonHeader(cause)]);
  }

  #reinvited(reinvite: Reinvite): void {
    if (reinvite.offer === undefined) return reinvite.accept(this.#describe(offerSdp(this.#nextDescription())));
    if (agreeOn(reinvite.offer) === undefined) return reinvite.reject(488);
    // Seen on the real server: where it made the first offer, its own order of codecs counts in later ones too.
    const wasFirstOfferOurs = this.#call.invite.body === '';
    this.#take(reinvite.offer, { prefersOwn: wasFirstOfferOurs });
    if (this.#agreement !== undefined) reinvite.accept(this.#describe(answerSdp(this.#nextDescription(), this.#agreement, { wasFirstOfferOurs })));
  }

  /** Applies the peer's description. One that we cannot use leaves everything as it was. */
  #take(sdp: string, opts: { prefersOwn?: boolean } = {}): void {
    const channel = this.#channel;
    const agreement = agreeOn(sdp, opts);
    if (agreement === undefined || channel === undefined) return;
    this.#agreement = agreement;
    this.#taken = sdp;
    this.#media.apply(agreement);
    const { codec, dtmfPayload, remote } = agreement;
    const values: Readonly<Record<string, string>> = {
      switch_r_sdp: sdp, remote_media_ip: remote.address, remote_media_port: String(remote.port), rtp_use_codec_name: codec.name, rtp_use_codec_rate: '8000',
      rtp_use_codec_ptime: '20', read_codec: codec.name, read_rate: '8000', write_codec: codec.name, write_rate: '8000', rtp_use_pt: String(codec.payload),
      dtmf_type: dtmfPayload === undefined ? 'info' : 'rfc2833', rtp_2833_send_payload: dtmfPayload?.toString() ?? '', rtp_2833_recv_payload: dtmfPayload?.toString() ?? '',
      local_media_ip: this.#host, local_media_port: String(this.#media.port), advertised_media_ip: this.#host, rtp_use_ssrc: String(this.#media.ssrc),
    };
    for (const [name, value] of Object.entries(values)) channel.vars.set(name, value);
    if (isOnHold(agreement)) peerHolds(channel);
    else peerResumes(channel);
  }

  #nextDescription(): LocalDescription {
    this.#version += 1;
    return { host: this.#host, port: this.#media.port, sessionId: this.#sessionId, version: this.#version };
  }

  #describe(sdp: string): string {
    this.#channel?.vars.set('rtp_local_sdp_str', withDirectionLast(sdp, this.#agreement?.direction ?? 'sendrecv'));
    return sdp;
  }
}
