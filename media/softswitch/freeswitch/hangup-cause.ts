/** Hang-up causes by their names, with the numbers of ITU-T Q.850 (or the server's own above 127). */
const CODES: Readonly<Record<string, number>> = {
  UNALLOCATED_NUMBER: 1, NO_ROUTE_TRANSIT_NET: 2, NO_ROUTE_DESTINATION: 3, CHANNEL_UNACCEPTABLE: 6, NORMAL_CLEARING: 16, USER_BUSY: 17,
  NO_USER_RESPONSE: 18, NO_ANSWER: 19, SUBSCRIBER_ABSENT: 20, CALL_REJECTED: 21, NUMBER_CHANGED: 22, DESTINATION_OUT_OF_ORDER: 27,
  INVALID_NUMBER_FORMAT: 28, NORMAL_UNSPECIFIED: 31, NORMAL_CIRCUIT_CONGESTION: 34, NETWORK_OUT_OF_ORDER: 38, NORMAL_TEMPORARY_FAILURE: 41,
  SWITCH_CONGESTION: 42, REQUESTED_CHAN_UNAVAIL: 44, BEARERCAPABILITY_NOTAUTH: 57, BEARERCAPABILITY_NOTAVAIL: 58, SERVICE_UNAVAILABLE: 63,
  INCOMPATIBLE_DESTINATION: 88, RECOVERY_ON_TIMER_EXPIRE: 102, INTERWORKING: 127, ORIGINATOR_CANCEL: 487, LOSE_RACE: 502, MANAGER_REQUEST: 503,
  BLIND_TRANSFER: 600, ATTENDED_TRANSFER: 601, ALLOTTED_TIMEOUT: 602, USER_CHALLENGE: 603, MEDIA_TIMEOUT: 604, PICKED_OFF: 605, USER_NOT_REGISTERED: 606,
};

export const NORMAL_CLEARING = 'NORMAL_CLEARING';

/** A name or number as the client wrote it; anything unknown counts as a normal end. */
export function causeNamed(text: string): string {
  const wanted = text.trim().toUpperCase();
  if (wanted in CODES) return wanted;
  return causeOfCode(Number(wanted)) ?? NORMAL_CLEARING;
}

export function codeOfCause(cause: string): number {
  return CODES[cause] ?? 16;
}

function causeOfCode(code: number): string | undefined {
  return Object.entries(CODES).find(([, known]) => known === code)?.[0];
}

/** The Reason header of RFC 3326 that says why we end a call or refuse one. */
export function reasonHeader(cause: string): readonly [string, string] {
  return ['Reason', `Q.850;cause=${codeOfCause(cause)};text="${cause}"`];
}

/** The cause that the peer gives in its BYE, else a normal end. */
export function causeOfReason(header: string | undefined): string {
  const code = /Q\.850\s*;[^,]*cause=(\d{1,3})/i.exec(header ?? '')?.[1];
  return (code === undefined ? undefined : causeOfCode(Number(code))) ?? NORMAL_CLEARING;
}
