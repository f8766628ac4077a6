-- uses: start keys fence records seats skip heads leave outbox turn offers match-agent signed-in
-- The agent wants a pause: at once, or after the present offer, talk or wrap-up (the agent's last intent wins).
-- ARGV: nowMs; in one: request, agent, reason, node ('' = whatever node the agent is bound to; else another one's agent is left alone)
-- Returns the agent's state | VG_AGENT_UNKNOWN (not signed in)
local request, id, reason, node = fields('ssss', ARGV[2])
local a = loadAgent(id)
if not isSignedIn(a, request) then return notSignedIn(a, request) end
-- Whoever is on the way out stays so, unless the agent wishes something else: a screen that is gone wishes nothing.
if seen(a, request) or (node ~= '' and (node ~= a.node or a.want == 'logout')) then return describe(a) end
local waiting = waitingFor(a)
local place = a.st == 'ready' and leave(IDLE, IDLE_HEADS, a.pool, seatOf(a.id))
if a.st == 'reserved' or a.st == 'talking' or a.st == 'wrapUp' then
  a.want = 'notReady:' .. reason
  -- Of a call the wish is told when it is over; of seats for items it says what comes from now on.
  if a.slots ~= '' then tellAgent(a) end
else
  if place then take(place) end
  settle(a, { st = 'notReady', reason = reason }, '', false)
end
sendOn(waiting)
remember(a, request)
saveAgent(a)
return describe(a)
