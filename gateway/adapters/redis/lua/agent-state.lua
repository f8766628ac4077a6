-- uses: start keys fence records outbox
-- ARGV: nowMs, agent
-- Returns the agent's state
local a = loadAgent(ARGV[2])
if a.st == '' then a.st = 'loggedOut' end
return describe(a)
