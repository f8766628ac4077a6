-- uses: keys fence records seats skip heads leave outbox offers match-agent
-- An agent signs in, or binds again to a node with the state kept. Changed skills count from the next decision on.
-- ARGV: nowMs, request, agent, pool, node, offer
-- Returns the agent's state | 'undefined' (pool not written yet)
local request, pool, node, offer = ARGV[2], ARGV[4], ARGV[5], ARGV[6]
local a = loadAgent(ARGV[3])
local before = seen(a.log, request)
if before then return before end
if redis.call('EXISTS', P .. SERVES .. pool .. ':0') == 0 then return 'undefined' end
local isFresh = a.st == '' or a.st == 'loggedOut'
local place = a.st == 'ready' and a.pool ~= pool and leave(IDLE, IDLE_HEADS, a.pool, a.id .. VOICE_SEAT)
local c = a.st == 'reserved' and a.node ~= node and loadCall(a.call)
local expires = c and redis.call('ZSCORE', P .. LEASES, a.res)
a.pool, a.node = pool, node
if a.want == 'logout' then a.want = '' end
local found = place and planAgent(a)

if isFresh then
  settle(a, { st = 'notReady', reason = 'signedIn' }, '', false)
elseif place then
  take(place)
  placeAgent(a, found, offer)
elseif c then
  tellOffer(c, a, expires, node)
end
local reply = remember(a, request, describe(a))
saveAgent(a)
return reply
