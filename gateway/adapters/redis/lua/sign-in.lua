-- uses: keys fence heads outbox match
-- An agent signs in, or binds again to a node with the state kept. Changed skills count from the next decision on.
-- ARGV: nowMs, request, agent, pool, node, offer
-- Returns the agent's state | 'undefined' (pool not written yet)
local request, pool, node, offer = ARGV[2], ARGV[4], ARGV[5], ARGV[6]
local a = load(AGENT, ARGV[3], AGENT_FIELDS)
local before = seen(a.log, request)
if before then return before end
if redis.call('EXISTS', P .. SERVES .. pool .. ':0') == 0 then return 'undefined' end
local isFresh = a.st == '' or a.st == 'loggedOut'
local place = a.st == 'ready' and a.pool ~= pool and leave(SEATS, a.pool, seatOf(a.id))
local c = a.st == 'reserved' and a.node ~= node and load(CALL, a.call, CALL_FIELDS)
a.pool, a.node = pool, node
if a.want == 'logout' then a.want = '' end
local found = place and planAgent(a)

if isFresh then
  redis.call('PERSIST', P .. AGENT .. a.id)
  a.want = ''
  settle(a, { st = 'notReady', reason = 'signedIn' }, '', false)
elseif place then
  take(place)
  placeAgent(a, found, offer)
elseif c then
  tellOffer(c, a, redis.call('ZSCORE', P .. LEASES, a.res), node)
end
local reply = remember(a, request, describe(a))
save(AGENT, a, AGENT_FIELDS)
return reply
