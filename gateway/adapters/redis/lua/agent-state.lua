-- uses: keys fence outbox
-- ARGV: nowMs, agent
-- Returns the agent's state
local a = load(AGENT, ARGV[2], AGENT_FIELDS)
if a.st == '' then return 'loggedOut' .. US .. now .. US end
return describe(a)
