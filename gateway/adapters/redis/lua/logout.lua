-- uses: keys fence heads outbox match lose
-- The agent signs out. An open offer goes on to the next agent in the same step; a talk is never cut: then it takes effect after it.
-- ARGV: nowMs, request, agent, offer for the call
-- Returns the agent's state
local request, offer = ARGV[2], ARGV[4]
local a = load(AGENT, ARGV[3], AGENT_FIELDS)
local before = seen(a.log, request)
if before then return before end
if a.st == '' or a.st == 'loggedOut' then return refuse(AGENT, a, request, 'loggedOut' .. US .. now .. US) end
local place = a.st == 'ready' and leave(SEATS, a.pool, seatOf(a.id))
local c = a.st == 'reserved' and load(CALL, a.call, CALL_FIELDS)
a.want = 'logout'
if c then
  lose(c, a, { why = 'agentLeft', offers = { offer, '' } })
elseif a.st ~= 'talking' then
  if place then take(place) end
  settle(a, { st = 'loggedOut' }, '', false)
end
local reply = remember(a, request, describe(a))
save(AGENT, a, AGENT_FIELDS)
return reply
