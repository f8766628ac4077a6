-- uses: start keys fence records outbox signed-in
-- The agent needs more time after a talk: so much more, at most up to the longest that complete.lua was told.
-- ARGV: nowMs; in one: request, agent, byMs
-- Returns the agent's state | VG_AGENT_UNKNOWN (not signed in) | VG_AGENT_STATE (no wrap-up runs, or it is as long as it may be)
local request, id, by = fields('sss', ARGV[2])
local a = loadAgent(id)
if not isSignedIn(a, request) then return notSignedIn(a, request) end
if seen(a, request) then return describe(a) end
local isRunning = a.st == 'wrapUp'
local ends = isRunning and math.min(a.wrapEnd + by, tonumber(a.wrapMax) or 0)
if not isRunning or ends <= tonumber(a.wrapEnd) then
  return refuse(saveAgent, a, request, 'VG_AGENT_STATE' .. US .. (isRunning and 'the wrap-up is as long as it may be' or 'no wrap-up runs'))
end

a.wrapEnd = format('%.0f', ends)
run('ZADD', P .. DUE, a.wrapEnd, a.id)
remember(a, request)
saveAgent(a)
tellAgent(a)
return describe(a)
