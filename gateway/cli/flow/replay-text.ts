import type { CallerResult, Parting, ReplayFigures, ResultGroup } from '../../core/authoring/replay/report.js';
import { second } from '../local-time.js';

const KINDS = { different: 'different end', askedNew: 'asked something new', unknown: 'unknown' } as const;

/** The figures and groups of a replay as a table. `why`: versions could not be asked for. */
export function tableText({ replayed, same, different, askedNew, unknown, unusable, otherVersions, unknownVersions, otherFlows }: ReplayFigures, results: readonly ResultGroup[], { draft, why }: { readonly draft: string; readonly why: string }): string {
  const counts = { different, askedNew, unknown } as const;
  const groupsOf = (verdict: ResultGroup['verdict']): readonly string[] => results.filter((group) => group.verdict === verdict).map(groupText);
  return [
    row(`calls of ${draft} replayed`, replayed),
    row('same end', same),
    ...(['different', 'askedNew', 'unknown'] as const).flatMap((verdict) => [row(KINDS[verdict], counts[verdict]), ...groupsOf(verdict)]),
    ...(otherVersions > 0 ? [row('of them recorded on a version that was never published or does not take the draft: what the draft leaves alone is played as the files have it now (--flows names others)', otherVersions)] : []),
    ...(unusable > 0 ? [row('not replayable', unusable)] : []),
    ...(unknownVersions > 0 ? [row(`left out, recorded on other versions than the folder's, as what those were cannot be asked for: ${why} (name a gateway with --api and VAXEL_API_TOKEN, or with --flows the folder as it was)`, unknownVersions)] : []),
    ...(otherFlows > 0 ? [row('of other flows, left out', otherFlows)] : []),
  ].join('\n');
}

const row = (what: string, count: number): string => `${String(count).padStart(7)}  ${what}`;

function groupText({ verdict, was, now, parting, calls }: ResultGroup): string {
  const change = verdict === 'different' ? `was ${was}, now ${now}` : `was ${was}, ${now}`;
  return `         ${String(calls).padStart(7)}  ${change}${partingText(parting)}`;
}

/** `; they part at status: person instead of offer`. */
function partingText(parting: Parting | null): string {
  if (parting === null) return '';
  const { node, was, now } = parting;
  if (was === null && now === null) return `; at ${node}`;
  return `; they part at ${node}: ${now ?? 'the end'} instead of ${was ?? 'the end'}`;
}

/** One caller who differs, with the steps from where the ways part. */
export function callerText({ callId, at, version, isOtherVersion, verdict, was, now, parting, steps }: CallerResult): string {
  const head = `${second(at)}  ${callId}  ${was} → ${now}${isOtherVersion ? ` (recorded on version ${version})` : ''}`;
  if (verdict === 'unusable') return `${head} (not replayable)`;
  if (parting === null || (parting.was === null && parting.now === null)) return head;
  return `${head}\n    was  ${steps.was.join(' › ')}\n    now  ${steps.now.join(' › ')}`;
}
