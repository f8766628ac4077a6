import type { Mutation } from './wrap.js';

// Crowds in which a fault is met soon: what they do more often than others.
const MANY_IDLE = { ready: 80, arrive: 12, logout: 0, notReady: 0, complete: 30, abandon: 10, forget: 2 };
const MANY_DECLINE = { release: 40, accept: 2, ready: 40, logout: 0, forget: 2 };
const MANY_WAIT_AND_DECLINE = { ...MANY_DECLINE, arrive: 30, notReady: 0 };
const LATE_ANSWERS = { old: 30, accept: 30, ready: 40, complete: 4, forget: 2 };
const BUSY = { arrive: 40, ready: 40, accept: 20, complete: 40, logout: 0, notReady: 0, forget: 2 };
const SHORT_TALKS = { accept: 60, complete: 60, ready: 60, arrive: 30, signIn: 1, logout: 0, notReady: 0, release: 0, abandon: 2, forget: 1 };

/** Wrong versions of the scripts, one idea each. A property test that lets one of them pass proves too little. */
export const MUTATIONS: readonly Mutation[] = [
  { name: 'head not repaired when a call leaves', edits: [['leave', 'if two[1] == member then head = two[4] or false end', '']] },
  { name: 'head not repaired when a member is taken', edits: [['heads', "run('ZADD', P .. plan.heads, plan.head, plan.id)", 'local _ = plan']] },
  { name: 'head of an emptied set stays', edits: [['heads', "run('ZREM', P .. plan.heads, plan.id)", 'local _ = plan']] },
  { name: 'a put before a take leaves a stale head', edits: [['lose', 'if seat then take(seat) end', ''], ['lose', 'if next.found then take(next.found) end', '']], often: MANY_WAIT_AND_DECLINE },
  { name: 'released call not offered on', edits: [['lose', 'planCall(c), planNext', 'nil, planNext']] },
  { name: 'released call loses its place', edits: [['lose', 'withdraw(c, a, loss.why)', "c.score = format('%.0f', run('INCR', P .. SEQ)) withdraw(c, a, loss.why)"]] },
  { name: 'freed agent not offered the next call', edits: [['match-agent', "return { st = 'ready', found = planAgent(a) }", "return { st = 'ready' }"]] },
  { name: 'fence dropped', edits: [['held', 'return c.res == offer and c or nil', 'return c']] },
  { name: 'late accept wins over the state', edits: [['accept', "if c.st ~= 'reserved' then", "if c.st == 'never' then"]] },
  { name: 'release takes an accepted call back', edits: [['release', "if c.st ~= 'reserved' then", "if c.st == 'never' then"]], often: LATE_ANSWERS },
  { name: 'lease not written', edits: [['offers', "run('ZADD', P .. LEASES, expires, c.res)", '']] },
  { name: 'lease not removed by accept', edits: [['accept', "run('ZREM', P .. LEASES, offer)", '']] },
  { name: 'newest first', edits: [['heads', 'all[1]', 'all[#all]']] },
  { name: 'shortest idle first', edits: [['turn', "return run('INCR', P .. IDLE_SEQ)", "return -run('INCR', P .. IDLE_SEQ)"]], often: MANY_IDLE },
  { name: 'needs ignored', edits: [['match-agent', "SERVES .. a.pool, skip)", 'HEADS, skip)']] },
  { name: 'bands ignored', edits: [['route', 'band * BAND', '0']] },
  { name: 'score cut to 14 digits', edits: [['route', "format('%.0f', band * BAND", 'tostring(band * BAND']] },
  { name: 'request id ignored', edits: [['fence', 'return last and sub', 'return nil and sub']] },
  { name: 'refusals forgotten', edits: [['fence', "record.log = sub(request .. '!' .. record.log, 1, LOG_LENGTH)", '']] },
  { name: 'declined call offered to the same agent at once', edits: [['match-agent', "inForce(a.skip), '@'", "nil, '@'"], ['match-call', 'local skip = inForce(c.skip)', 'local skip = nil']], often: MANY_DECLINE },
  { name: 'nothing ends a re-offer interval', edits: [['match-agent', "if skip then run('ZADD', P .. DUE, skip.first, a.id) end", '']] },
  { name: 'nothing ends a wrap-up', edits: [['complete', "run('ZADD', P .. DUE, a.wrapEnd, a.id)", '']] },
  { name: 'last intent lost', edits: [['match-agent', "if a.want ~= '' then", "if a.want == 'never' then"]] },
  { name: 'agent not freed when the caller leaves', edits: [['abandon', 'settle(a, next, token, true)', '']] },
  { name: 'agent loses the place when the caller leaves', edits: [['abandon', 'settle(a, next, token, true)', 'settle(a, next, token, false)']], often: { abandon: 25, arrive: 12, ready: 40, accept: 0 } },
  { name: 'returning call gets a new place', edits: [['arrive', "c.score == '' and (queuedAt", "c.score ~= 'never' and (queuedAt"]] },
  { name: 'changed skills not used', edits: [['sign-in', 'a.pool, a.node = pool, node', "a.node = node if a.pool == '' then a.pool = pool end"]] },
  { name: 'a turn by the strategy before', edits: [['sign-in', "if isOtherTurn then a.seq = '' end", '']], often: { signIn: 30, ready: 40, arrive: 12, logout: 0, forget: 2 } },
  { name: 'preferred skills ignored', edits: [['define', 'ARGV[i + 1], pool', '0, pool']], often: MANY_IDLE },
  { name: 'primary skill ignored', edits: [['define', 'ARGV[i + 2], signature', '0, signature']] },
  { name: 'tier not compared where some are passed over', edits: [['heads', "(run('ZSCORE', P .. ids, plan.id) or 0)", '0']], often: { release: 30 } },
  { name: 'never relaxed', edits: [['match-call', "if c.due then run('ZADD', P .. RELAX, c.due, c.id) end", '']] },
  { name: 'relaxed but not offered', edits: [['reap', 'local seat = place and planCall(c)', 'local seat = nil\n  c.due = place and bringUpToDate(c)']] },
  { name: 'relaxation outlives the wait', edits: [['offers', "if c.route ~= '' then run('ZREM', P .. RELAX, c.id) end", '']] },
  { name: 'a relaxed call gets a new place', edits: [['route', 'c.score % BAND', 'nextPlace()'], ['route', '-- Brings the call', "local function nextPlace() return run('INCR', P .. SEQ) end\n-- Brings the call"]] },
  { name: 'everybody serves a personal line', edits: [['match-call', 'if isPersonal(c.sig) then return planPersonal(c, skip) end', "if isPersonal(c.sig) then c.sig = match(c.route, ':([^:]+):') or c.sig end"]] },
  { name: 'an agent does not look at the personal line', edits: [['match-agent', "run('ZSCORE', P .. HEADS, own) and", 'false and']], often: SHORT_TALKS },
  { name: 'a personal line goes before all', edits: [['match-agent', 'personal.score < rankOf(found, SERVES .. a.pool)', 'true']], often: BUSY },
  { name: 'a call waits for an agent who is signed out', edits: [['route', "st == '' or st == 'loggedOut' or", '']] },
  { name: 'a call waits for an agent who has a pause', edits: [['route', "st == 'notReady' or", '']] },
  { name: 'a call waits for an agent who wants a pause next', edits: [['route', "want ~= '' or", '']], often: { notReady: 12 } },
  { name: 'a call waits for an agent who was offered it', edits: [['route', " or find(' ' .. c.skip, ' ' .. seatOf(id) .. '=', 1, true) ~= nil", '']], often: { release: 40, accept: 10, ready: 60, arrive: 20, logout: 0, notReady: 0, forget: 2 } },
  { name: 'who waits for an agent who goes is not sent on', edits: [['match-agent', "do run('ZADD', P .. RELAX, 'LT', at, id) end", 'do local _ = id end']], often: { reap: 40, arrive: 24, notReady: 6, logout: 3, abandon: 1, forget: 2 } },
  { name: 'time on calls not counted', edits: [['offers', '  beginWork(a)\n', '']], often: { accept: 40, ready: 40, arrive: 20, complete: 20, forget: 2 } },
  { name: 'who leaves is still counted as staff', edits: [['records', "run('HINCRBY', P .. STAFF, a.was, '-1')", 'local _ = a']] },
  { name: 'one item more than there are slots', edits: [['seats', 'count >= tonumber(a.slots)', 'count > tonumber(a.slots)']] },
  { name: 'a busy seat blocks nothing', edits: [['relate', 'isBusy(a) and has(a.blocks, id)', 'false and has(a.blocks, id)']] },
  { name: 'what an offer blocks stays idle', edits: [['relate', 'take(leave(IDLE, IDLE_HEADS, other.pool, seatOf(id)))', 'local _ = other']] },
  { name: 'what is blocked no longer is offered nothing', edits: [['relate', "other.st == 'blocked' and other.blockedBy == ''", 'false']] },
  { name: 'open work does not block', edits: [['seats', " or a.open ~= ''", '']] },
  { name: 'ready beside what blocks', edits: [['match-agent', "if a.blockedBy ~= '' then return { st = 'blocked' } end", '']] },
  { name: 'the rules of a sign-in do not reach the other seats', edits: [['sign-in', 'relate(loadAgent(id), other, token)', 'local _ = other']], often: { signIn: 30, ready: 40 } },
  { name: 'an accepted item takes no slot', edits: [['accept', "a.open = a.open .. c.id .. ' '", 'local _ = a']] },
  { name: 'a finished item keeps its slot', edits: [['match-agent', 'a.open = without(a.open, id)', 'local _ = id']] },
  { name: 'signs out from work that is open', edits: [['match-agent', "a.open == '' and { st = 'loggedOut', waiting", "true and { st = 'loggedOut', waiting"]], often: { logout: 15, accept: 40, ready: 40, arrive: 30, release: 0 } },
  { name: 'a dropped call keeps its agent', edits: [['drop', 'if next then', 'if false then'], ['drop', 'if next or isOpen', 'if isOpen']] },
];
