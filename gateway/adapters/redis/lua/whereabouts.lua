-- uses: start keys fence records
-- Which node holds an agent's screen, and which drives a call, as the queue knows.
-- ARGV: nowMs; in one: agent or '-', call or '-'
-- Returns { node of the agent or '', node of the call or '' }
local agent, call = fields('ss', ARGV[2])
local a, c = loadBoth(agent, call)
return { a.st ~= 'loggedOut' and a.node or '', c.node }
