-- uses: keys fence records seats skip heads outbox offers match-agent
-- The agent's after-call work is done: the last intent decides what comes next. A no-op when no wrap-up runs.
-- ARGV: nowMs, request, agent, offer
-- Returns the agent's state | VG_AGENT_UNKNOWN (not signed in)
local request, offer = ARGV[2], ARGV[4]
local a = loadAgent(ARGV[3])
local before = seen(a.log, request)
if before then return before end
if a.st == '' or a.st == 'loggedOut' then return refuse(saveAgent, a, request, 'VG_AGENT_UNKNOWN' .. US .. 'not signed in') end
if a.st == 'wrapUp' then settle(a, planNext(a), offer, false) end
local reply = remember(a, request, describe(a))
saveAgent(a)
return reply
