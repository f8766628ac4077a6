-- uses: start keys fence records
-- Which node holds an agent's screen, as the queue knows.
-- ARGV: nowMs, agent
-- Returns the node, or ''
local a = loadAgent(ARGV[2])
return a.st ~= 'loggedOut' and a.node or ''
