-- uses: start keys fence records seats skip heads leave outbox turn offers match-agent relate signed-in
-- The agent's after-call work is done: the last intent decides what comes next. A no-op when no wrap-up runs.
-- ARGV: nowMs; in one: request, agent, offer token, the call whose wrap-up it is, or '-' for any
-- Returns the agent's state | VG_AGENT_UNKNOWN (not signed in)
local request, id, token, call = fields('ssss', ARGV[2])
local a = loadAgent(id)
if not isSignedIn(a, request) then return notSignedIn(a, request) end
if seen(a, request) then return describe(a) end
if a.st == 'wrapUp' and (call == '-' or a.call == call) then settle(a, planNext(a), token, false) end
remember(a, request)
return describe(saveSeats(a, token))
