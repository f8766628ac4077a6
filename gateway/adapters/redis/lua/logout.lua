-- uses: keys fence records seats skip heads leave outbox offers match-call match-agent withdraw lose
-- The agent signs out. An open offer goes on to the next agent in the same step; a talk is never cut: then it takes effect after it.
-- ARGV: nowMs, request, agent, offer for the call
-- Returns the agent's state
local request, offer = ARGV[2], ARGV[4]
local a = loadAgent(ARGV[3])
local before = seen(a.log, request)
if before then return before end
if a.st == '' or a.st == 'loggedOut' then return refuse(saveAgent, a, request, 'loggedOut' .. US .. now .. US) end
local place = a.st == 'ready' and leave(IDLE, IDLE_HEADS, a.pool, a.id .. VOICE_SEAT)
local c = a.st == 'reserved' and loadCall(a.call)
a.want = 'logout'
if c then
  lose(c, a, { why = 'agentLeft', callOffer = offer, agentOffer = '' })
elseif a.st ~= 'talking' then
  if place then take(place) end
  settle(a, { st = 'loggedOut' }, '', false)
end
local reply = remember(a, request, describe(a))
saveAgent(a)
return reply
