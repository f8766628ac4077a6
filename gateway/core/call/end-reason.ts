/**
 * Why a call ended. Logs, metrics, records and the thread all read this one value.
 * `completed`: the caller was served (by the flow or by an agent). `abandoned`: the caller hung up before that.
 */
export interface EndReason {
  readonly result: 'completed' | 'abandoned' | 'clientError' | 'serverError' | 'upstreamError' | 'indeterminate';
  /** Stable slug, such as `solved`, `agent-hung-up`, `caller-hung-up`, `no-common-codec`, `media-timeout`. */
  readonly reason: string;
}
